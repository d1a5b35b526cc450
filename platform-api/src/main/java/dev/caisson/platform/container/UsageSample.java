package dev.caisson.platform.container;

import java.time.Instant;
import java.util.Map;

import dev.caisson.engine.cgroup.CgroupStats;
import org.jspecify.annotations.Nullable;

/**
 * What a container had used at one moment.
 *
 * @param time when it was read; null of a container that does not run
 * @param usage as the kernel counts it; null likewise
 * @param hostNanos processor time of the whole host
 * @param processors that are online
 * @param hostMemory bytes
 * @param interfaces traffic by the name of the interface in the container; empty if it
 * has no network of its own
 */
record UsageSample(@Nullable Instant time, @Nullable CgroupStats usage, long hostNanos, int processors, long hostMemory,
		Map<String, Traffic> interfaces) {

	static final UsageSample NONE = new UsageSample(null, null, 0, 0, 0, Map.of());

	/**
	 * Counters of an interface since it was made.
	 *
	 * @param receivedBytes of frames that came in
	 * @param receivedPackets frames that came in
	 * @param receiveErrors broken ones
	 * @param receiveDrops those dropped for want of room
	 * @param sentBytes of frames that went out
	 * @param sentPackets frames that went out
	 * @param sendErrors those that could not
	 * @param sendDrops those dropped for want of room
	 */
	record Traffic(long receivedBytes, long receivedPackets, long receiveErrors, long receiveDrops, long sentBytes,
			long sentPackets, long sendErrors, long sendDrops) {
	}

}
