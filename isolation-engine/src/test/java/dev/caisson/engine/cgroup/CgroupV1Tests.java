package dev.caisson.engine.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

import dev.caisson.engine.cgroup.Group.Limits;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.DeviceSpec.Rule;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle.Kind;
import dev.caisson.engine.spec.ResourceSpec.HugePageLimit;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Groups in v1 and hybrid hierarchies, against the real kernel. */
@KernelTest(needs = Feature.CGROUP_V1)
@Timeout(60)
class CgroupV1Tests {

	private static final long MIB = 1L << 20;

	private Group group;

	@BeforeEach
	void prepare() {
		this.group = Group.ofHost();
	}

	@AfterEach
	void release() {
		this.group.close();
	}

	@Test
	void createWritesProcessorLimits() {
		this.group.create(Limits.of((limits) -> {
			limits.quota = OptionalLong.of(50_000);
			limits.period = OptionalLong.of(100_000);
			limits.shares = OptionalLong.of(512);
			limits.cpus = "0";
			limits.nodes = "0";
		}));
		assertThat(this.group.read("cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
		assertThat(this.group.read("cpu", "cpu.cfs_period_us")).isEqualTo("100000");
		assertThat(this.group.read("cpu", "cpu.shares")).isEqualTo("512");
		assertThat(this.group.read("cpuset", "cpuset.cpus")).isEqualTo("0");
		assertThat(this.group.read("cpuset", "cpuset.mems")).isEqualTo("0");
	}

	@Test
	void createWritesMemoryLimits() {
		this.group.create(Limits.of((limits) -> {
			limits.memory = OptionalLong.of(1024 * MIB);
			limits.reservation = OptionalLong.of(500 * MIB);
			limits.swap = OptionalLong.of(1536 * MIB);
			limits.swappiness = OptionalInt.of(7);
			limits.oomKillDisable = true;
		}));
		assertThat(this.group.read("memory", "memory.limit_in_bytes")).isEqualTo("1073741824");
		assertThat(this.group.read("memory", "memory.soft_limit_in_bytes")).isEqualTo("524288000");
		assertThat(this.group.read("memory", "memory.memsw.limit_in_bytes")).isEqualTo("1610612736");
		assertThat(this.group.read("memory", "memory.swappiness")).isEqualTo("7");
		assertThat(this.group.read("memory", "memory.oom_control")).startsWith("oom_kill_disable 1");
	}

	@Test
	void createWithMemoryAloneAllowsAsMuchSwapAgain() {
		this.group.create(Limits.of((limits) -> limits.memory = OptionalLong.of(64 * MIB)));
		assertThat(this.group.read("memory", "memory.memsw.limit_in_bytes")).isEqualTo(Long.toString(128 * MIB));
	}

	@Test
	void createWithUnlimitedSwapLeavesSwapUnlimited() {
		this.group.create(Limits.of((limits) -> {
			limits.memory = OptionalLong.of(64 * MIB);
			limits.swap = OptionalLong.of(-1);
		}));
		assertThat(this.group.read("memory", "memory.limit_in_bytes")).isEqualTo(Long.toString(64 * MIB));
		assertThat(ControlFile.limit(this.group.read("memory", "memory.memsw.limit_in_bytes"))).isEmpty();
	}

	@Test
	void createWritesTaskAndBlockLimits() throws Exception {
		Path disk = Disks.any();
		String number = DeviceNumber.ofBlockDevice(disk).toString();
		this.group.create(Limits.of((limits) -> {
			limits.pids = OptionalLong.of(42);
			limits.weight = OptionalInt.of(300);
			limits.throttles = List.of(new BlockThrottle(Kind.READ_BYTES, disk, MIB),
					new BlockThrottle(Kind.WRITE_BYTES, disk, 2 * MIB),
					new BlockThrottle(Kind.READ_OPERATIONS, disk, 100),
					new BlockThrottle(Kind.WRITE_OPERATIONS, disk, 200));
		}));
		assertThat(this.group.read("pids", "pids.max")).isEqualTo("42");
		assertThat(this.group.read("blkio", "blkio.throttle.read_bps_device")).isEqualTo(number + " 1048576");
		assertThat(this.group.read("blkio", "blkio.throttle.write_bps_device")).isEqualTo(number + " 2097152");
		assertThat(this.group.read("blkio", "blkio.throttle.read_iops_device")).isEqualTo(number + " 100");
		assertThat(this.group.read("blkio", "blkio.throttle.write_iops_device")).isEqualTo(number + " 200");
		String weight = BlockController.weightFile(new Directory(this.group.directory("blkio"), Version.V1));
		if (Files.exists(this.group.directory("blkio").resolve(weight))) {
			assertThat(this.group.read("blkio", weight)).isEqualTo("300");
		}
	}

	@Test
	void createWithoutCpusInheritsThoseOfTheHost() {
		this.group.create(Group.NONE);
		assertThat(this.group.read("cpuset", "cpuset.cpus"))
			.isEqualTo(Group.text(this.group.parent("cpuset").resolveSibling("cpuset.cpus")).strip());
		assertThat(this.group.read("cpuset", "cpuset.mems")).isNotEmpty();
	}

	@Test
	void taskEntersEveryHierarchy() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process process = this.group.sleeper(cgroup);
		assertThat(Files.readAllLines(Path.of("/proc/" + process.pid() + "/cgroup")))
			.filteredOn((line) -> this.group.directories().size() > 1 && isMounted(line))
			.isNotEmpty()
			.allMatch((line) -> line.endsWith(":" + cgroup.path()));
		assertThat(cgroup.processes()).containsExactly((int) process.pid());
	}

	private static boolean isMounted(String line) {
		String controllers = line.split(":")[1];
		return Group.text(Path.of("/proc/mounts"))
			.lines()
			.anyMatch((mount) -> mount.contains(controllers.isEmpty() ? " cgroup2 " : controllers));
	}

	@Test
	void forkBeyondPidsLimitFails() throws Exception {
		Cgroup cgroup = this.group.create(Limits.of((limits) -> limits.pids = OptionalLong.of(5)));
		assertThat(this.group.status("for i in 1 2 3 4 5 6 7 8 9; do sleep 300 & done; true")).isNotZero();
		assertThat(cgroup.stats().pids().limit()).hasValue(5);
		assertThat(this.group.read("pids", "pids.events")).doesNotContain("max 0");
	}

	@Test
	void runWhenMemoryLimitIsExceededCountsOomKill() throws Exception {
		Cgroup cgroup = this.group.create(Limits.of((limits) -> limits.memory = OptionalLong.of(16 * MIB)));
		assertThat(cgroup.oomKills()).isZero();
		assertThat(this.group.status("exec tail /dev/zero")).isEqualTo(137);
		assertThat(cgroup.oomKills()).isEqualTo(1);
		CgroupStats.Memory memory = cgroup.stats().memory();
		assertThat(memory.limit()).hasValue(16 * MIB);
		assertThat(memory.peak().orElseThrow()).isGreaterThan(15 * MIB);
		assertThat(memory.failures()).isPositive();
		assertThat(memory.oomKills()).isEqualTo(1);
	}

	@Test
	void freezeStopsTimeForAllProcesses() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		this.group.run("/bin/sh", "-c", "while :; do sleep 0.01; done");
		Group.await(() -> cgroup.stats().cpu().usage() > 0);
		cgroup.freeze();
		assertThat(cgroup.isFrozen()).isTrue();
		assertThat(this.group.read("freezer", "freezer.state")).isEqualTo("FROZEN");
		long used = usage();
		Thread.sleep(100);
		assertThat(usage()).isEqualTo(used);
		cgroup.thaw();
		assertThat(cgroup.isFrozen()).isFalse();
		Group.await(() -> usage() > used);
	}

	private long usage() {
		return Long.parseLong(this.group.read("cpuacct", "cpuacct.usage"));
	}

	@Test
	void killReachesFrozenProcessesAndNestedGroups() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process outer = this.group.sleeper(cgroup);
		Process inner = this.group.sleeper(cgroup);
		for (Path directory : this.group.directories()) {
			Path nested = Files.createDirectory(directory.resolve("nested"));
			if (directory.equals(this.group.directory("cpuset"))) {
				Files.writeString(nested.resolve("cpuset.cpus"), "0");
				Files.writeString(nested.resolve("cpuset.mems"), "0");
			}
			Files.writeString(nested.resolve("cgroup.procs"), Long.toString(inner.pid()));
		}
		assertThat(cgroup.processes()).containsExactlyInAnyOrder((int) outer.pid(), (int) inner.pid());
		cgroup.freeze();
		cgroup.kill();
		assertThat(outer.waitFor()).isEqualTo(137);
		assertThat(inner.waitFor()).isEqualTo(137);
		cgroup.release();
		assertThat(this.group.directories()).isEmpty();
	}

	@Test
	void killOneByOneWorksWithoutCgroupKill() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process first = this.group.sleeper(cgroup);
		Process second = this.group.sleeper(cgroup);
		new Freezer(new Directory(this.group.directory("freezer"), Version.V1)).killOneByOne();
		assertThat(first.waitFor()).isEqualTo(137);
		assertThat(second.waitFor()).isEqualTo(137);
		assertThat(cgroup.processes()).isEmpty();
	}

	@Test
	void devicesOtherThanThoseAllowedAreRefused() throws Exception {
		this.group.create(Rule.parse("c 1:3 rw"), Rule.parse("c 1:5 r"));
		assertThat(this.group.read("devices", "devices.list").lines()).containsExactlyInAnyOrder("c 1:3 rw", "c 1:5 r");
		assertThat(this.group.status("echo x > /dev/null")).isZero();
		assertThat(this.group.status("head -c 1 /dev/zero > /dev/null")).isZero();
		assertThat(this.group.status("echo x > /dev/zero")).isNotZero();
		assertThat(this.group.status("head -c 1 /dev/urandom > /dev/null")).isNotZero();
	}

	@Test
	void ruleForAnyTypeAllowsNoMoreThanItSays() {
		this.group.create(Rule.parse("a 7:1 r"));
		assertThat(this.group.read("devices", "devices.list").lines()).containsExactlyInAnyOrder("b 7:1 r", "c 7:1 r");
	}

	@Test
	void allDevicesLeavesThemAll() {
		this.group.create(Group.NONE);
		assertThat(this.group.read("devices", "devices.list")).isEqualTo("a *:* rwm");
	}

	@Test
	void statsCountWorkDone() throws Exception {
		Cgroup cgroup = this.group.create(Limits.of((limits) -> limits.quota = OptionalLong.of(20_000)));
		Process process = this.group.run("/bin/sh", "-c", "while :; do :; done");
		Group.await(() -> cgroup.stats().cpu().throttledPeriods() > 1);
		CgroupStats stats = cgroup.stats();
		assertThat(stats.cpu().usage()).isPositive();
		assertThat(stats.cpu().perProcessor()).hasSize(Runtime.getRuntime().availableProcessors());
		assertThat(stats.cpu().perProcessor().stream().mapToLong(Long::longValue).sum())
			.isGreaterThanOrEqualTo(stats.cpu().usage() / 2);
		assertThat(stats.cpu().user() + stats.cpu().system()).isPositive();
		assertThat(stats.cpu().throttled()).isPositive();
		assertThat(stats.memory().usage()).isPositive();
		assertThat(stats.memory().workingSet()).isPositive().isLessThanOrEqualTo(stats.memory().usage());
		assertThat(stats.memory().limit()).isEmpty();
		assertThat(stats.memory().details()).containsKeys("total_rss", "total_inactive_file");
		assertThat(stats.pids().current()).isEqualTo(1);
		process.destroyForcibly();
	}

	@Test
	void updateRaisesLimitsAndTakesThemBack() {
		Cgroup cgroup = this.group.create(Limits.of((limits) -> {
			limits.memory = OptionalLong.of(64 * MIB);
			limits.pids = OptionalLong.of(10);
			limits.cpus = "0";
			limits.quota = OptionalLong.of(50_000);
			limits.shares = OptionalLong.of(2);
		}));
		cgroup.update(Limits.of((limits) -> {
			limits.memory = OptionalLong.of(512 * MIB);
			limits.period = OptionalLong.of(50_000);
			limits.quota = OptionalLong.of(1_000);
		}));
		assertThat(this.group.read("memory", "memory.limit_in_bytes")).isEqualTo(Long.toString(512 * MIB));
		assertThat(this.group.read("memory", "memory.memsw.limit_in_bytes")).isEqualTo(Long.toString(1024 * MIB));
		assertThat(this.group.read("cpu", "cpu.cfs_quota_us")).isEqualTo("1000");
		assertThat(this.group.read("cpu", "cpu.cfs_period_us")).isEqualTo("50000");
		assertThat(this.group.read("cpu", "cpu.shares")).isEqualTo("1024");
		assertThat(this.group.read("pids", "pids.max")).isEqualTo("max");
		assertThat(this.group.read("cpuset", "cpuset.cpus"))
			.isEqualTo(Group.text(this.group.parent("cpuset").resolve("cpuset.cpus")).strip());
		cgroup.update(Limits.of((limits) -> limits.memory = OptionalLong.of(32 * MIB)));
		assertThat(this.group.read("memory", "memory.limit_in_bytes")).isEqualTo(Long.toString(32 * MIB));
		assertThat(this.group.read("memory", "memory.memsw.limit_in_bytes")).isEqualTo(Long.toString(64 * MIB));
		cgroup.update(Group.NONE);
		assertThat(ControlFile.limit(this.group.read("memory", "memory.limit_in_bytes"))).isEmpty();
		assertThat(this.group.read("cpu", "cpu.cfs_quota_us")).isEqualTo("-1");
	}

	@Test
	void updateTakesBackThrottles() throws Exception {
		Path disk = Disks.any();
		Cgroup cgroup = this.group.create(Limits.of((limits) -> limits.throttles = List
			.of(new BlockThrottle(Kind.READ_BYTES, disk, MIB), new BlockThrottle(Kind.WRITE_BYTES, disk, MIB))));
		cgroup.update(
				Limits.of((limits) -> limits.throttles = List.of(new BlockThrottle(Kind.WRITE_BYTES, disk, 3 * MIB))));
		assertThat(this.group.read("blkio", "blkio.throttle.read_bps_device")).isEmpty();
		assertThat(this.group.read("blkio", "blkio.throttle.write_bps_device")).endsWith(" 3145728");
	}

	@Test
	void observeShowsWhatTheKernelEnforces() throws Exception {
		Cgroup cgroup = this.group.create(Limits.of((limits) -> limits.pids = OptionalLong.of(10)));
		Files.writeString(this.group.directory("pids").resolve("pids.max"), "11");
		Map<String, String> observed = cgroup.observe();
		assertThat(observed).containsEntry("pids.max", "11").containsEntry("devices.list", "a *:* rwm");
		assertThat(observed).containsKeys("memory.limit_in_bytes", "cpu.cfs_quota_us", "cpuset.cpus");
	}

	@Test
	void createThatFailsLeavesNothing() {
		// the kernel wants whole disks: a loop device that is not set up answers ENODEV
		// or takes it
		assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> this.group.create(Limits.of((limits) -> {
			limits.quota = OptionalLong.of(Long.MAX_VALUE);
			limits.pids = OptionalLong.of(5);
		}))).withMessageContaining("cpu.cfs_quota_us").withMessageContaining("EINVAL");
		assertThat(this.group.directories()).isEmpty();
	}

	@Test
	void createOverWhatWasLeftStartsAnew() {
		this.group.create(Limits.of((limits) -> limits.pids = OptionalLong.of(5)));
		this.group.create(Group.NONE);
		assertThat(this.group.read("pids", "pids.max")).isEqualTo("max");
	}

	@Test
	void createOfAGroupInUseIsRefusedAndDoesNotHarmIt() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process process = this.group.sleeper(cgroup);
		assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> this.group.create(Group.NONE))
			.matches((ex) -> ex.is(Errno.EBUSY));
		assertThat(process.isAlive()).isTrue();
		assertThat(cgroup.processes()).containsExactly((int) process.pid());
	}

	@Test
	void releaseRemovesAllAndMayBeRepeated() {
		Cgroup cgroup = this.group.create(Group.NONE);
		assertThat(this.group.directories()).hasSizeGreaterThan(8);
		assertThat(this.group.cgroups.existing()).containsExactly(this.group.id.value());
		cgroup.descriptors();
		cgroup.release();
		cgroup.release();
		assertThat(this.group.directories()).isEmpty();
		assertThat(this.group.cgroups.existing()).isEmpty();
		assertThat(cgroup.processes()).isEmpty();
	}

	@Test
	void releaseWhileAProcessStaysSaysWhich() throws Exception {
		Cgroup cgroup = this.group.create(Group.NONE);
		Process process = this.group.sleeper(cgroup);
		assertThatExceptionOfType(LinuxException.class).isThrownBy(cgroup::release)
			.withMessageContaining("still in it: [" + process.pid() + "]");
	}

	@Test
	void openFindsTheGroupOfAnEarlierService() throws Exception {
		Process process = this.group.sleeper(this.group.create(Group.NONE));
		try (Cgroups next = Cgroups.detect(this.group.cgroups.parentPath())) {
			Cgroup cgroup = next.open(this.group.id);
			assertThat(next.existing()).containsExactly(this.group.id.value());
			assertThat(cgroup.processes()).containsExactly((int) process.pid());
			cgroup.kill();
			assertThat(process.waitFor()).isEqualTo(137);
			cgroup.release();
		}
		assertThat(this.group.directories()).isEmpty();
	}

	@Test
	void controllerThatOnlyVersion2HasIsPassedOnWhenNeeded() {
		assumeThat(this.group.cgroups.controllers()).contains("hugetlb");
		assumeThat(this.group.parent("unified").resolve("cgroup.controllers")).content().contains("hugetlb");
		String size = PageSizes.ofHost().findFirst().orElseThrow();
		Path file = this.group.directory("unified").resolve("hugetlb." + size + ".max");
		Cgroup cgroup = this.group.create(Group.NONE);
		assertThat(file).doesNotExist();
		cgroup.update(Limits.of((limits) -> limits.hugePages = List.of(new HugePageLimit(size, 1L << 30))));
		assertThat(file).hasContent("1073741824");
		assertThat(cgroup.observe()).containsEntry("hugetlb." + size + ".max", "1073741824");
	}

}
