package dev.caisson.engine.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

import dev.caisson.engine.cgroup.Group.Limits;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle.Kind;
import dev.caisson.engine.spec.ResourceSpec.HugePageLimit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class HostSupportTests {

	@TempDir
	Path path;

	private HostSupport host;

	@BeforeEach
	void prepare() throws Exception {
		Directory directory = new Directory(this.path, Version.V2);
		this.host = new HostSupport(new Controls(Map.of("cpuset", directory, "memory", directory, "io", directory)));
		Files.writeString(this.path.resolve("cpuset.cpus"), "\n");
		Files.writeString(this.path.resolve("cpuset.cpus.effective"), "0-1\n");
		Files.writeString(this.path.resolve("cpuset.mems"), "\n");
		Files.writeString(this.path.resolve("cpuset.mems.effective"), "0\n");
		Files.writeString(this.path.resolve("memory.max"), "max\n");
		Files.writeString(this.path.resolve("io.max"), "");
	}

	private void assertRefused(ResourceSpec resources, String field, String message) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> this.host.check(resources))
			.withMessage(message)
			.matches((ex) -> ex.field().equals("HostConfig." + field));
	}

	@Test
	void processorsThatTheHostLacksAreRefused() {
		assertRefused(Limits.of((limits) -> limits.cpus = "0,99"), "CpusetCpus",
				"Requested CPUs are not available - requested 0,99, available: 0-1");
		assertRefused(Limits.of((limits) -> limits.nodes = "1"), "CpusetMems",
				"Requested memory nodes are not available - requested 1, available: 0");
		assertRefused(Limits.of((limits) -> limits.cpus = "1-0"), "CpusetCpus", "Invalid value 1-0 for cpuset cpus");
		assertThatNoException().isThrownBy(() -> this.host.check(Limits.of((limits) -> limits.cpus = "0-1")));
	}

	@Test
	void limitsWithoutControllerAreRefused() {
		assertRefused(Limits.of((limits) -> limits.pids = OptionalLong.of(5)), "PidsLimit",
				"Your kernel does not support PIDs limit capabilities or the cgroup is not mounted");
		assertRefused(Limits.of((limits) -> limits.quota = OptionalLong.of(50_000)), "CpuQuota",
				"Your kernel does not support CPU CFS scheduler or the cgroup is not mounted");
		assertRefused(Limits.of((limits) -> limits.hugePages = List.of(new HugePageLimit("3MB", 1))), "HugetlbLimits",
				"Your kernel does not support huge page limits for pages of 3MB or the cgroup is not mounted");
	}

	@Test
	void throttleOfWhatIsNoBlockDeviceIsRefused() {
		Path missing = this.path.resolve("missing");
		assertRefused(Limits.of((limits) -> limits.throttles = List.of(new BlockThrottle(Kind.READ_BYTES, missing, 1))),
				"BlkioDeviceReadBps", "stat " + missing + ": ENOENT: no such file or directory");
		assertRefused(
				Limits.of((limits) -> limits.throttles = List
					.of(new BlockThrottle(Kind.WRITE_OPERATIONS, Path.of("/dev/null"), 1))),
				"BlkioDeviceWriteIOps", "stat /dev/null: ENOTBLK: block device required");
	}

	@Test
	void preferencesThatTheKernelLacksAreDroppedWithAWarning() {
		assertThat(this.host.warnings(Limits.of((limits) -> {
			limits.memory = OptionalLong.of(64 << 20);
			limits.swappiness = OptionalInt.of(5);
			limits.oomKillDisable = true;
			limits.weight = OptionalInt.of(20);
			limits.shares = OptionalLong.of(20);
		}))).containsExactly(
				"Your kernel does not support swap limit capabilities or the cgroup is not mounted."
						+ " Memory limited without swap.",
				"Your kernel does not support memory swappiness capabilities or the cgroup is not mounted."
						+ " Memory swappiness discarded.",
				"Your kernel does not support OomKillDisable. OomKillDisable discarded.",
				"Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.",
				"Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
		assertThat(this.host.warnings(ResourceSpec.UNLIMITED)).isEmpty();
	}

}
