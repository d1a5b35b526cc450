package dev.caisson.engine.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

import dev.caisson.engine.cgroup.Group.Limits;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.ResourceSpec.HugePageLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What declared limits are called in control files, and how counters are written. */
class ControllerTests {

	private static final long MIB = 1L << 20;

	@TempDir
	Path path;

	private List<String> settings(Controller controller, Version version, ResourceSpec resources) {
		return controller.settings(resources, new Directory(this.path, version))
			.stream()
			.map((setting) -> setting.file() + "=" + setting.text())
			.toList();
	}

	@Test
	void sharesBecomeAWeightWithTheSameDefaultAndEnds() {
		assertThat(CpuController.weight(2)).isEqualTo(1);
		assertThat(CpuController.weight(1024)).isEqualTo(100);
		assertThat(CpuController.weight(262_144)).isEqualTo(10_000);
		assertThat(CpuController.weight(512)).isBetween(40L, 70L);
		for (long shares = 3; shares < 262_144; shares += 7) {
			assertThat(CpuController.weight(shares)).isBetween(CpuController.weight(shares - 1), 10_000L);
		}
	}

	@Test
	void cpuInVersion2() {
		assertThat(settings(new CpuController(), Version.V2, Limits.of((limits) -> {
			limits.quota = OptionalLong.of(50_000);
			limits.shares = OptionalLong.of(1024);
		}))).containsExactly("cpu.weight=100", "cpu.max=50000 100000");
		assertThat(settings(new CpuController(), Version.V2,
				Limits.of((limits) -> limits.period = OptionalLong.of(20_000))))
			.containsExactly("cpu.max=max 20000");
	}

	@Test
	void swapInVersion2IsWithoutMemory() {
		assertThat(settings(new MemoryController(), Version.V2, Limits.of((limits) -> {
			limits.memory = OptionalLong.of(64 * MIB);
			limits.swap = OptionalLong.of(80 * MIB);
			limits.swappiness = OptionalInt.of(3);
			limits.oomKillDisable = true;
		}))).containsExactly("memory.max=67108864", "memory.swap.max=16777216");
		assertThat(settings(new MemoryController(), Version.V2, Limits.of((limits) -> {
			limits.memory = OptionalLong.of(64 * MIB);
			limits.reservation = OptionalLong.of(32 * MIB);
		}))).containsExactly("memory.max=67108864", "memory.swap.max=67108864", "memory.low=33554432");
		assertThat(
				settings(new MemoryController(), Version.V2, Limits.of((limits) -> limits.swap = OptionalLong.of(-1))))
			.containsExactly("memory.swap.max=max");
	}

	@Test
	void hugePages() {
		ResourceSpec resources = Limits.of((limits) -> limits.hugePages = List.of(new HugePageLimit("2MB", 4 * MIB)));
		assertThat(settings(new HugePageController(), Version.V1, resources))
			.containsExactly("hugetlb.2MB.limit_in_bytes=4194304", "hugetlb.2MB.rsvd.limit_in_bytes=4194304");
		assertThat(settings(new HugePageController(), Version.V2, resources)).containsExactly("hugetlb.2MB.max=4194304",
				"hugetlb.2MB.rsvd.max=4194304");
	}

	@Test
	void blockWeightGoesToTheFileThatTheKernelHas() throws IOException {
		ResourceSpec resources = Limits.of((limits) -> limits.weight = OptionalInt.of(505));
		assertThat(settings(new BlockController(), Version.V2, resources)).containsExactly("io.weight=5000");
		assertThat(settings(new BlockController(), Version.V1, resources)).containsExactly("blkio.bfq.weight=505");
		Files.createFile(this.path.resolve("io.bfq.weight"));
		Files.createFile(this.path.resolve("blkio.weight"));
		assertThat(settings(new BlockController(), Version.V2, resources)).containsExactly("io.bfq.weight=505");
		assertThat(settings(new BlockController(), Version.V1, resources)).containsExactly("blkio.weight=505");
	}

	@Test
	void blockCountersOfBothVersions() throws IOException {
		Files.writeString(this.path.resolve("io.stat"),
				"254:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n8:16 \n");
		assertThat(BlockController.stats(new Directory(this.path, Version.V2)))
			.containsExactly(new CgroupStats.BlockDevice(254, 0, 4096, 8192, 1, 2));
		Files.writeString(this.path.resolve("blkio.throttle.io_service_bytes_recursive"),
				"254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 4096\n254:0 Total 12288\nTotal 12288\n");
		Files.writeString(this.path.resolve("blkio.throttle.io_serviced_recursive"),
				"254:0 Read 1\n254:0 Write 2\nTotal 3\n");
		assertThat(BlockController.stats(new Directory(this.path, Version.V1)))
			.containsExactly(new CgroupStats.BlockDevice(254, 0, 4096, 8192, 1, 2));
	}

	@Test
	void pressureOfOldKernelsHasNoFullLineForProcessors() {
		CgroupStats.Pressure pressure = PressureFiles.parse("some avg10=1.50 avg60=0.25 avg300=0.00 total=77");
		assertThat(pressure.some()).isEqualTo(new CgroupStats.Stall(1.5, 0.25, 0, 77));
		assertThat(pressure.full()).isEmpty();
	}

	@Test
	void limitThatMeansNoneIsEmpty() {
		assertThat(ControlFile.limit("max")).isEmpty();
		assertThat(ControlFile.limit("-1")).isEmpty();
		assertThat(ControlFile.limit("9223372036854771712")).isEmpty();
		assertThat(ControlFile.limit("4096\n")).hasValue(4096);
		assertThat(ControlFile.numbers("a 1\nb x\nc 3 4\nd 5")).isEqualTo(Map.of("a", 1L, "d", 5L));
	}

}
