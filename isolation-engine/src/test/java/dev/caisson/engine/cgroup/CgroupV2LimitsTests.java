package dev.caisson.engine.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

import dev.caisson.engine.cgroup.Group.Limits;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle.Kind;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Limits in v2, on a host whose controllers are all there. */
@KernelTest(needs = Feature.CGROUP_V2)
@Timeout(300)
class CgroupV2LimitsTests {

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

	private String read(String file) {
		return this.group.read("unified", file);
	}

	@Test
	void hostHasAllControllers() {
		assertThat(this.group.cgroups.version()).isEqualTo(2);
		assertThat(this.group.cgroups.controllers()).contains("cpu", "cpuset", "io", "memory", "pids");
	}

	@Test
	void createWritesLimits() throws Exception {
		Path disk = Disks.any();
		String number = DeviceNumber.ofBlockDevice(disk).toString();
		this.group.create(Limits.of((limits) -> {
			limits.quota = OptionalLong.of(50_000);
			limits.shares = OptionalLong.of(1024);
			limits.cpus = "0";
			limits.nodes = "0";
			limits.memory = OptionalLong.of(64 * MIB);
			limits.reservation = OptionalLong.of(32 * MIB);
			limits.swap = OptionalLong.of(80 * MIB);
			limits.pids = OptionalLong.of(42);
			limits.weight = OptionalInt.of(10);
			limits.throttles = List.of(new BlockThrottle(Kind.READ_BYTES, disk, MIB),
					new BlockThrottle(Kind.WRITE_OPERATIONS, disk, 200));
		}));
		assertThat(read("cpu.max")).isEqualTo("50000 100000");
		assertThat(read("cpu.weight")).isEqualTo("100");
		assertThat(read("cpuset.cpus")).isEqualTo("0");
		assertThat(read("cpuset.mems")).isEqualTo("0");
		assertThat(read("memory.max")).isEqualTo("67108864");
		assertThat(read("memory.low")).isEqualTo("33554432");
		assertThat(read("memory.swap.max")).isEqualTo("16777216");
		assertThat(read("pids.max")).isEqualTo("42");
		assertThat(read("io.max")).isEqualTo(number + " rbps=1048576 wbps=max riops=max wiops=200");
	}

	@Test
	void updateTakesLimitsBack() throws Exception {
		Path disk = Disks.any();
		Cgroup cgroup = this.group.create(Limits.of((limits) -> {
			limits.quota = OptionalLong.of(50_000);
			limits.cpus = "0";
			limits.memory = OptionalLong.of(64 * MIB);
			limits.throttles = List.of(new BlockThrottle(Kind.READ_BYTES, disk, MIB));
		}));
		cgroup.update(Limits.of((limits) -> limits.pids = OptionalLong.of(7)));
		assertThat(read("cpu.max")).isEqualTo("max 100000");
		assertThat(read("cpuset.cpus")).isEmpty();
		assertThat(read("memory.max")).isEqualTo("max");
		assertThat(read("memory.swap.max")).isEqualTo("max");
		assertThat(read("io.max")).isEmpty();
		assertThat(read("pids.max")).isEqualTo("7");
		assertThat(cgroup.observe()).containsEntry("pids.max", "7").containsEntry("memory.max", "max");
	}

	@Test
	void runWhenMemoryLimitIsExceededCountsOomKill() throws Exception {
		Cgroup cgroup = this.group.create(Limits.of((limits) -> {
			limits.memory = OptionalLong.of(16 * MIB);
			limits.swap = OptionalLong.of(16 * MIB);
			limits.pids = OptionalLong.of(5);
		}));
		assertThat(this.group.status("exec tail /dev/zero")).isEqualTo(137);
		assertThat(cgroup.oomKills()).isEqualTo(1);
		CgroupStats stats = cgroup.stats();
		assertThat(stats.memory().limit()).hasValue(16 * MIB);
		assertThat(stats.memory().failures()).isPositive();
		assertThat(stats.pids().limit()).hasValue(5);
		assertThat(stats.cpu().usage()).isPositive();
		assertThat(this.group.status("for i in 1 2 3 4 5 6 7 8 9; do sleep 300 & done; true")).isNotZero();
	}

}
