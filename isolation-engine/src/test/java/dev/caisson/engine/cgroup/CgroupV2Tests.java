package dev.caisson.engine.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

import dev.caisson.engine.cgroup.Group.Limits;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.DeviceSpec.Rule;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.ResourceSpec.HugePageLimit;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What v2 does without controllers: in the unified hierarchy, which hybrid hosts have
 * too. Limits are in {@link CgroupV2LimitsTests}.
 */
@KernelTest
@Timeout(120)
class CgroupV2Tests {

	private Group group;

	@BeforeEach
	void prepare() {
		this.group = Group.ofUnified();
	}

	@AfterEach
	void release() {
		this.group.close();
	}

	@Test
	void groupIsOneDirectory() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process process = this.group.sleeper(cgroup);
		assertThat(cgroup).isInstanceOf(CgroupV2.class);
		assertThat(this.group.cgroups.version()).isEqualTo(2);
		assertThat(Files.readAllLines(Path.of("/proc/" + process.pid() + "/cgroup"))).contains("0::" + cgroup.path());
	}

	@Test
	void childIsBornInside() {
		Cgroup cgroup = this.group.create(Group.NONE);
		LaunchPlan.Builder plan = LaunchPlan.builder();
		cgroup.plan(plan);
		String name = cgroup.cloneInto(plan).orElseThrow().name();
		assertThat(plan.build().child()).isEmpty();
		assertThat(plan.build().descriptors()).containsKey(name);
		Fd descriptor = cgroup.descriptors().get(name);
		assertThat(Path.of("/proc/self/fd/" + descriptor.number()))
			.satisfies((link) -> assertThat(Files.readSymbolicLink(link)).isEqualTo(this.group.directory("unified")));
		cgroup.closeDescriptors();
	}

	@Test
	void freezeStopsProcesses() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		this.group.run("/bin/sh", "-c", "while :; do sleep 0.01; done");
		Group.await(() -> cgroup.stats().cpu().usage() > 0);
		cgroup.freeze();
		assertThat(cgroup.isFrozen()).isTrue();
		assertThat(this.group.read("unified", "cgroup.events")).contains("frozen 1");
		long used = cgroup.stats().cpu().usage();
		Thread.sleep(100);
		assertThat(cgroup.stats().cpu().usage()).isEqualTo(used);
		cgroup.thaw();
		Group.await(() -> cgroup.stats().cpu().usage() > used);
		assertThat(cgroup.isFrozen()).isFalse();
	}

	@Test
	void killReachesFrozenProcessesAndNestedGroups() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process outer = this.group.sleeper(cgroup);
		Process inner = this.group.sleeper(cgroup);
		Path nested = Files.createDirectory(this.group.directory("unified").resolve("nested"));
		Files.writeString(nested.resolve("cgroup.procs"), Long.toString(inner.pid()));
		assertThat(cgroup.processes()).containsExactlyInAnyOrder((int) outer.pid(), (int) inner.pid());
		cgroup.freeze();
		cgroup.kill();
		assertThat(outer.waitFor()).isEqualTo(137);
		assertThat(inner.waitFor()).isEqualTo(137);
		cgroup.release();
		cgroup.release();
		assertThat(this.group.directories()).isEmpty();
	}

	@Test
	void killOneByOneWorksWithoutCgroupKill() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process process = this.group.sleeper(cgroup);
		new Freezer(new Directory(this.group.directory("unified"), Version.V2)).killOneByOne();
		assertThat(process.waitFor()).isEqualTo(137);
	}

	@Test
	void deviceFilterRefusesWhatNoRuleAllows() throws Exception {
		this.group.create(Rule.parse("c 1:3 rw"), Rule.parse("c 1:5 r"));
		assertThat(this.group.status("echo x > /dev/null")).isZero();
		assertThat(this.group.status("head -c 1 /dev/zero > /dev/null")).isZero();
		assertThat(this.group.status("echo x > /dev/zero")).isNotZero();
		assertThat(this.group.status("exec 3<> /dev/zero")).isNotZero();
		assertThat(this.group.status("head -c 1 /dev/urandom > /dev/null")).isNotZero();
	}

	@Test
	void deviceFilterKnowsTypesNumbersAndAccess(@TempDir Path directory) throws Exception {
		this.group.create(Rule.parse("c 7:* m"), Rule.parse("b *:3 m"), Rule.parse("a 9:9 m"), Rule.parse("c 1:3 rw"));
		assertThat(mknod(directory, "c 7 1")).isZero();
		assertThat(mknod(directory, "c 7 200000")).isZero();
		assertThat(mknod(directory, "b 7 1")).isNotZero();
		assertThat(mknod(directory, "b 2000 3")).isZero();
		assertThat(mknod(directory, "b 2000 4")).isNotZero();
		assertThat(mknod(directory, "c 9 9")).isZero();
		assertThat(mknod(directory, "b 9 9")).isZero();
		assertThat(mknod(directory, "c 9 8")).isNotZero();
		assertThat(mknod(directory, "c 1 3")).isNotZero();
	}

	private int mknod(Path directory, String numbers) throws InterruptedException, IOException {
		Path node = directory.resolve("node");
		Files.deleteIfExists(node);
		return this.group.status("mknod " + node + " " + numbers + " 2>&1");
	}

	@Test
	void deviceFilterOfNoRulesRefusesAll() throws Exception {
		this.group.create(new Rule[0]);
		assertThat(this.group.status("echo x > /dev/null")).isNotZero();
	}

	@Test
	void allDevicesNeedsNoFilter() throws Exception {
		this.group.create(Group.NONE);
		assertThat(this.group.status("head -c 1 /dev/urandom > /dev/null")).isZero();
	}

	@Test
	void manyDifferentFiltersLeaveNoDescriptor() throws IOException {
		long before = programs();
		for (int major = 0; major < 40; major++) {
			this.group.cgroups.create(this.group.id, Group.NONE, List.of(new Rule('c', major, -1, "r")), false)
				.release();
		}
		assertThat(programs() - before).isBetween(1L, 16L);
		this.group.cgroups.close();
		assertThat(programs()).isEqualTo(before);
	}

	private static long programs() throws IOException {
		try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter((fd) -> {
				try {
					return Files.readSymbolicLink(fd).toString().contains("bpf-prog");
				}
				catch (IOException closed) {
					return false;
				}
			}).count();
		}
	}

	@Test
	void pressureIsRead() {
		Cgroup cgroup = this.group.create(Group.NONE);
		boolean measured = Files.exists(this.group.directory("unified").resolve("cpu.pressure"));
		assertThat(cgroup.stats().pressure().keySet()).isEqualTo(measured ? Set.of("cpu", "memory", "io") : Set.of());
	}

	@Test
	void hugePageLimitIsWritten() {
		assumeThat(this.group.cgroups.controllers()).contains("hugetlb");
		String size = PageSizes.ofHost().findFirst().orElseThrow();
		Cgroup cgroup = this.group
			.create(Limits.of((limits) -> limits.hugePages = List.of(new HugePageLimit(size, 1L << 30))));
		assertThat(this.group.read("unified", "hugetlb." + size + ".max")).isEqualTo("1073741824");
		cgroup.update(Group.NONE);
		assertThat(this.group.read("unified", "hugetlb." + size + ".max")).isEqualTo("max");
	}

	/** As in a container, whose processes sit at the top of the hierarchy it sees. */
	@Test
	void controllersAreEnabledAlthoughTheServiceSitsAtTheTop() throws Exception {
		assumeThat(this.group.cgroups.controllers()).isNotEmpty();
		Cgroup cgroup = this.group.create(Group.NONE);
		Process process = this.group.sleeper(cgroup);
		Directory top = new Directory(this.group.directory("unified"), Version.V2);
		Parents.enable(top);
		assertThat(top.read("cgroup.subtree_control")).isEqualTo(top.read("cgroup.controllers"));
		assertThat(top.child("caisson-service").processes()).containsExactly((int) process.pid());
	}

	@Test
	void releaseWhileAProcessStaysSaysWhich() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process process = this.group.sleeper(cgroup);
		assertThatExceptionOfType(LinuxException.class).isThrownBy(cgroup::release)
			.withMessageContaining("still in it: [" + process.pid() + "]");
	}

	@Test
	void limitsWithoutControllerAreRefused() {
		assumeThat(this.group.cgroups.controllers()).doesNotContain("memory");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> this.group.create(Limits.of((limits) -> limits.memory = OptionalLong.of(64 << 20))))
			.matches((ex) -> ex.field().equals("HostConfig.Memory"));
		assertThat(this.group.directories()).isEmpty();
	}

}
