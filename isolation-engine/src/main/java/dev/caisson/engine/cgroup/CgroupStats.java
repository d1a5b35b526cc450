package dev.caisson.engine.cgroup;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a control group has used, read from the kernel. The counters are read one after
 * the other, not at one moment. What the host has no controller for is empty or 0.
 *
 * @param cpu processor time
 * @param memory memory
 * @param pids tasks
 * @param block traffic per block device
 * @param pressure stalls, by resource: {@code cpu}, {@code memory}, {@code io}; empty
 * where the kernel does not measure them
 */
public record CgroupStats(Cpu cpu, Memory memory, Pids pids, List<BlockDevice> block, Map<String, Pressure> pressure) {

	public CgroupStats {
		block = List.copyOf(block);
		pressure = Map.copyOf(pressure);
	}

	/**
	 * Processor time, in nanoseconds.
	 *
	 * @param usage all of it
	 * @param user spent in programs
	 * @param system spent in the kernel
	 * @param perProcessor by processor, v1 only
	 * @param periods enforcement periods that have passed
	 * @param throttledPeriods those in which the quota was used up
	 * @param throttled time that tasks were kept waiting
	 */
	public record Cpu(long usage, long user, long system, List<Long> perProcessor, long periods, long throttledPeriods,
			long throttled) {

		static final Cpu NONE = new Cpu(0, 0, 0, List.of(), 0, 0, 0);

		public Cpu {
			perProcessor = List.copyOf(perProcessor);
		}

	}

	/**
	 * Memory, in bytes.
	 *
	 * @param usage all that is charged
	 * @param workingSet usage without the page cache that can be dropped at once
	 * @param anonymous without a file behind it: rss in v1, anon in v2
	 * @param cache the page cache
	 * @param swap what lies in swap
	 * @param limit the limit, empty if there is none
	 * @param peak the highest usage, where the kernel keeps it
	 * @param failures how often the limit was hit
	 * @param oomKills processes that were killed for lack of memory
	 * @param details all of memory.stat
	 */
	public record Memory(long usage, long workingSet, long anonymous, long cache, long swap, OptionalLong limit,
			OptionalLong peak, long failures, long oomKills, Map<String, Long> details) {

		static final Memory NONE = new Memory(0, 0, 0, 0, 0, OptionalLong.empty(), OptionalLong.empty(), 0, 0,
				Map.of());

		public Memory {
			details = Map.copyOf(details);
		}

	}

	/**
	 * Tasks, which are processes and threads.
	 *
	 * @param current now
	 * @param limit at most, empty if there is no limit
	 */
	public record Pids(long current, OptionalLong limit) {

		static final Pids NONE = new Pids(0, OptionalLong.empty());

	}

	/**
	 * Traffic to a block device.
	 *
	 * @param major the device's major number
	 * @param minor the device's minor number
	 * @param readBytes bytes read
	 * @param writtenBytes bytes written
	 * @param reads read operations
	 * @param writes write operations
	 */
	public record BlockDevice(int major, int minor, long readBytes, long writtenBytes, long reads, long writes) {
	}

	/**
	 * How much tasks stood still for want of a resource (Documentation/accounting/psi).
	 *
	 * @param some when at least one task waited
	 * @param full when all did
	 */
	public record Pressure(Stall some, Optional<Stall> full) {
	}

	/**
	 * A share of wall-clock time, in percent.
	 *
	 * @param last10 over the last 10 seconds
	 * @param last60 over the last 60 seconds
	 * @param last300 over the last 300 seconds
	 * @param totalMicros microseconds since the group was made
	 */
	public record Stall(double last10, double last60, double last300, long totalMicros) {
	}

}
