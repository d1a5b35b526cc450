package dev.caisson.engine.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Limits, as the kernel's controllers know them. What is empty is not limited.
 *
 * @param memory bytes, at least 6 MiB
 * @param memoryReservation bytes: soft limit on v1, memory.low on v2
 * @param memorySwap bytes of memory and swap together; -1 is unlimited swap
 * @param swappiness 0 to 100, v1 only
 * @param oomKillDisable whether the OOM killer leaves it alone, v1 only
 * @param cpuQuota microseconds per period
 * @param cpuPeriod microseconds, 1,000 to 1,000,000
 * @param cpuShares relative weight, 2 to 262,144
 * @param cpus list of processors, such as {@code 0-2,4}; empty is all
 * @param memoryNodes list of NUMA nodes; empty is all
 * @param pids most tasks
 * @param blockWeight 10 to 1000
 * @param blockThrottles per device
 * @param hugePages per page size
 */
public record ResourceSpec(OptionalLong memory, OptionalLong memoryReservation, OptionalLong memorySwap,
		OptionalInt swappiness, boolean oomKillDisable, OptionalLong cpuQuota, OptionalLong cpuPeriod,
		OptionalLong cpuShares, String cpus, String memoryNodes, OptionalLong pids, OptionalInt blockWeight,
		List<BlockThrottle> blockThrottles, List<HugePageLimit> hugePages) {

	/** No limit at all. */
	public static final ResourceSpec UNLIMITED = new ResourceSpec(OptionalLong.empty(), OptionalLong.empty(),
			OptionalLong.empty(), OptionalInt.empty(), false, OptionalLong.empty(), OptionalLong.empty(),
			OptionalLong.empty(), "", "", OptionalLong.empty(), OptionalInt.empty(), List.of(), List.of());

	private static final long LEAST_MEMORY = 6L << 20;

	public ResourceSpec {
		blockThrottles = List.copyOf(blockThrottles);
		hugePages = List.copyOf(hugePages);
		checkMemory(memory, memoryReservation, memorySwap);
		check(swappiness.isEmpty() || in(swappiness.getAsInt(), 0, 100), "MemorySwappiness",
				"Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
		check(cpuQuota.isEmpty() || cpuQuota.getAsLong() >= 1000, "CpuQuota",
				"CPU cfs quota can not be less than 1ms (i.e. 1000)");
		check(cpuPeriod.isEmpty() || in(cpuPeriod.getAsLong(), 1000, 1_000_000), "CpuPeriod",
				"CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
		check(cpuShares.isEmpty() || in(cpuShares.getAsLong(), 2, 262_144), "CpuShares",
				"CPU shares must be between 2 and 262144");
		check(pids.isEmpty() || pids.getAsLong() > 0, "PidsLimit", "the pids limit must be positive");
		check(blockWeight.isEmpty() || in(blockWeight.getAsInt(), 10, 1000), "BlkioWeight",
				"Range of blkio weight is from 10 to 1000");
		checkList("CpusetCpus", cpus);
		checkList("CpusetMems", memoryNodes);
	}

	private static void checkMemory(OptionalLong memory, OptionalLong reservation, OptionalLong swap) {
		check(memory.isEmpty() || memory.getAsLong() >= LEAST_MEMORY, "Memory", "Minimum memory limit allowed is 6MB");
		check(reservation.isEmpty() || reservation.getAsLong() >= LEAST_MEMORY, "MemoryReservation",
				"Minimum memory reservation allowed is 6MB");
		check(memory.isEmpty() || reservation.isEmpty() || reservation.getAsLong() <= memory.getAsLong(),
				"MemoryReservation", "Minimum memory limit can not be less than memory reservation limit, see usage");
		if (swap.isPresent() && swap.getAsLong() != -1) {
			check(memory.isPresent(), "MemorySwap",
					"You should always set the Memory limit when using Memoryswap limit, see usage");
			check(swap.getAsLong() >= memory.getAsLong(), "MemorySwap",
					"Minimum memoryswap limit should be larger than memory limit, see usage");
		}
	}

	private static void checkList(String field, String list) {
		check(list.isEmpty() || list.matches("\\d{1,5}(-\\d{1,5})?(,\\d{1,5}(-\\d{1,5})?)*"), field,
				"Invalid value " + list + " for " + field.toLowerCase(java.util.Locale.ROOT));
	}

	private static boolean in(long value, long low, long high) {
		return value >= low && value <= high;
	}

	private static void check(boolean right, String field, String message) {
		if (!right) {
			throw new InvalidSpecException("HostConfig." + field, message);
		}
	}

	/**
	 * A limit on the traffic to a block device.
	 *
	 * @param kind what is limited
	 * @param device its node on the host
	 * @param limit bytes or operations per second, or the weight
	 */
	public record BlockThrottle(Kind kind, Path device, long limit) {

		/** What is limited. */
		public enum Kind {

			READ_BYTES, WRITE_BYTES, READ_OPERATIONS, WRITE_OPERATIONS, WEIGHT

		}

	}

	/**
	 * A limit on huge pages of one size.
	 *
	 * @param pageSize as in the controller's file names, {@code 2MB}
	 * @param limit bytes
	 */
	public record HugePageLimit(String pageSize, long limit) {

		public HugePageLimit {
			check(pageSize.matches("\\d+[KMG]B"), "HugetlbLimits", "invalid huge page size: " + pageSize);
			check(limit >= 0, "HugetlbLimits", "invalid huge page limit: " + limit);
		}

	}

}
