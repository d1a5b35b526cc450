package dev.caisson.engine.cgroup;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle.Kind;
import dev.caisson.engine.spec.ResourceSpec.HugePageLimit;

/**
 * What of a declaration this host can keep. A limit that it cannot keep is refused; a
 * preference, which protects nobody, is dropped with a warning, both in Docker's words.
 *
 * @param controls our own directories, whose files show what the kernel can do
 */
record HostSupport(Controls controls) {

	void check(ResourceSpec resources) {
		checkMemory(resources);
		checkProcessors(resources);
		if (resources.pids().isPresent()) {
			require(new PidsController(), "pids.max", "pids.max", "PidsLimit", "PIDs limit capabilities");
		}
		resources.blockThrottles().forEach(this::checkThrottle);
		resources.hugePages().forEach(this::checkHugePages);
	}

	private void checkMemory(ResourceSpec resources) {
		if (resources.memory().isPresent()) {
			require(new MemoryController(), "memory.limit_in_bytes", "memory.max", "Memory",
					"memory limit capabilities");
		}
	}

	private void checkProcessors(ResourceSpec resources) {
		if (resources.cpuQuota().isPresent() || resources.cpuPeriod().isPresent()) {
			require(new CpuController(), "cpu.cfs_quota_us", "cpu.max",
					resources.cpuQuota().isPresent() ? "CpuQuota" : "CpuPeriod", "CPU CFS scheduler");
		}
		if (!resources.cpus().isEmpty()) {
			Directory directory = require(new CpusetController(), "cpuset.cpus", "cpuset.cpus", "CpusetCpus", "cpuset");
			checkList("CpusetCpus", "CPUs", resources.cpus(), CpusetController.availableCpus(directory));
		}
		if (!resources.memoryNodes().isEmpty()) {
			Directory directory = require(new CpusetController(), "cpuset.mems", "cpuset.mems", "CpusetMems", "cpuset");
			checkList("CpusetMems", "memory nodes", resources.memoryNodes(),
					CpusetController.availableNodes(directory));
		}
	}

	private static void checkList(String field, String what, String requested, String available) {
		BitSet missing = numbers(field, requested);
		missing.andNot(numbers(field, available));
		if (!missing.isEmpty()) {
			throw new InvalidSpecException("HostConfig." + field,
					"Requested " + what + " are not available - requested " + requested + ", available: " + available);
		}
	}

	/** Of a list such as {@code 0-2,4}. */
	private static BitSet numbers(String field, String list) {
		BitSet numbers = new BitSet();
		for (String range : list.split(",")) {
			String[] ends = range.split("-", 2);
			int first = Integer.parseInt(ends[0]);
			int last = Integer.parseInt(ends[ends.length - 1]);
			if (last < first) {
				throw new InvalidSpecException("HostConfig." + field, "Invalid value " + list + " for cpuset "
						+ field.substring("Cpuset".length()).toLowerCase(Locale.ROOT));
			}
			numbers.set(first, last + 1);
		}
		return numbers;
	}

	private void checkThrottle(BlockThrottle throttle) {
		String field = field(throttle.kind());
		if (throttle.kind() != Kind.WEIGHT) {
			require(new BlockController(), "blkio.throttle.read_bps_device", "io.max", field, "Block I/O limits");
		}
		try {
			DeviceNumber.ofBlockDevice(throttle.device());
		}
		catch (LinuxException ex) {
			throw new InvalidSpecException("HostConfig." + field, ex.getMessage());
		}
	}

	private static String field(Kind kind) {
		return switch (kind) {
			case READ_BYTES -> "BlkioDeviceReadBps";
			case WRITE_BYTES -> "BlkioDeviceWriteBps";
			case READ_OPERATIONS -> "BlkioDeviceReadIOps";
			case WRITE_OPERATIONS -> "BlkioDeviceWriteIOps";
			case WEIGHT -> "BlkioWeightDevice";
		};
	}

	private void checkHugePages(HugePageLimit limit) {
		String size = limit.pageSize();
		require(new HugePageController(), HugePageController.file(size, Version.V1),
				HugePageController.file(size, Version.V2), "HugetlbLimits", "huge page limits for pages of " + size);
	}

	private Directory require(Controller controller, String v1File, String v2File, String field, String what) {
		return this.controls.directory(controller)
			.filter((directory) -> directory.has((directory.version() == Version.V1) ? v1File : v2File))
			.orElseThrow(() -> new InvalidSpecException("HostConfig." + field,
					"Your kernel does not support " + what + " or the cgroup is not mounted"));
	}

	List<String> warnings(ResourceSpec resources) {
		List<String> warnings = new ArrayList<>();
		MemoryController memory = new MemoryController();
		if (resources.memory().isPresent() && lacks(memory, MemoryController.V1_SWAP, MemoryController.V2_SWAP)) {
			warnings.add("Your kernel does not support swap limit capabilities or the cgroup is not mounted."
					+ " Memory limited without swap.");
		}
		if (resources.memoryReservation().isPresent() && lacks(memory, "memory.soft_limit_in_bytes", "memory.low")) {
			warnings.add("Your kernel does not support memory soft limit capabilities or the cgroup is not mounted."
					+ " Limitation discarded.");
		}
		if (resources.swappiness().isPresent() && lacks(memory, "memory.swappiness", "memory.swappiness")) {
			warnings.add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted."
					+ " Memory swappiness discarded.");
		}
		if (resources.oomKillDisable()) {
			addOomWarning(warnings, resources);
		}
		if (resources.cpuShares().isPresent() && lacks(new CpuController(), "cpu.shares", "cpu.weight")) {
			warnings.add("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
		}
		if (wantsWeight(resources) && lacksWeight()) {
			warnings
				.add("Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
		}
		return warnings;
	}

	private void addOomWarning(List<String> warnings, ResourceSpec resources) {
		if (lacks(new MemoryController(), "memory.oom_control", "memory.oom_control")) {
			warnings.add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
		}
		else if (resources.memory().isEmpty()) {
			warnings.add("OOM killer is disabled for the container, but no memory limit is set,"
					+ " this can result in the system running out of resources.");
		}
	}

	private static boolean wantsWeight(ResourceSpec resources) {
		return resources.blockWeight().isPresent()
				|| resources.blockThrottles().stream().anyMatch((throttle) -> throttle.kind() == Kind.WEIGHT);
	}

	private boolean lacksWeight() {
		return this.controls.directory(new BlockController())
			.map((directory) -> !directory.has(BlockController.weightFile(directory)))
			.orElse(true);
	}

	private boolean lacks(Controller controller, String v1File, String v2File) {
		return this.controls.directory(controller)
			.map((directory) -> !directory.has((directory.version() == Version.V1) ? v1File : v2File))
			.orElse(true);
	}

}
