package dev.caisson.platform.container.definition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle.Kind;

/** Limits. */
final class ResourceWords {

	private static final long NANOS_PER_CPU = 1_000_000_000;

	/** Microseconds; what a number of processors is expressed in. */
	private static final long PERIOD = 100_000;

	// the kernel itself moves shares into this range
	private static final long LEAST_SHARES = 2, MOST_SHARES = 262_144;

	private ResourceWords() {
	}

	static ResourceSpec translate(HostConfig host, HostFacts facts) {
		checkProcessors(host, facts);
		return new ResourceSpec(limit(host.memory()), limit(host.memoryReservation()), limit(host.memorySwap()),
				swappiness(host), host.oomKillDisable(), quota(host), period(host), shares(host), host.cpusetCpus(),
				host.cpusetMems(),
				(host.pidsLimit() != null) ? OptionalLong.of(host.pidsLimit()) : OptionalLong.empty(),
				(host.blkioWeight() != 0) ? OptionalInt.of(host.blkioWeight()) : OptionalInt.empty(), throttles(host),
				List.of());
	}

	private static void checkProcessors(HostConfig host, HostFacts facts) {
		if (host.nanoCpus() != 0) {
			refuse(host.cpuPeriod() > 0, "NanoCpus",
					"Conflicting options: Nano CPUs and CPU Period cannot both be set.");
			refuse(host.cpuQuota() > 0, "NanoCpus", "Conflicting options: Nano CPUs and CPU Quota cannot both be set.");
			refuse(host.nanoCpus() < NANOS_PER_CPU / 100 || host.nanoCpus() > facts.processors() * NANOS_PER_CPU,
					"NanoCpus", "Range of CPUs is from 0.01 to " + facts.processors() + ".00, as there are only "
							+ facts.processors() + " CPUs available");
		}
		refuse(host.cpuRealtimePeriod() != 0 || host.cpuRealtimeRuntime() != 0, "CpuRealtimeRuntime",
				"Your kernel does not support CPU real-time scheduler");
		checkAvailable(host.cpusetCpus(), facts.processors());
	}

	/** The spec checks the form; what is no list at all is left to it. */
	private static void checkAvailable(String processors, int available) {
		if (!processors.matches("[\\d,-]+")) {
			return;
		}
		for (String number : processors.split("[,-]")) {
			refuse(number.length() > 5 || (!number.isEmpty() && Integer.parseInt(number) >= available), "CpusetCpus",
					"Requested CPUs are not available - requested " + processors + ", available: 0"
							+ ((available > 1) ? "-" + (available - 1) : ""));
		}
	}

	private static OptionalLong limit(long value) {
		return (value != 0) ? OptionalLong.of(value) : OptionalLong.empty();
	}

	private static OptionalInt swappiness(HostConfig host) {
		Long swappiness = host.memorySwappiness();
		if (swappiness == null) {
			return OptionalInt.empty();
		}
		refuse(swappiness < 0 || swappiness > 100, "MemorySwappiness",
				"Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
		return OptionalInt.of(swappiness.intValue());
	}

	private static OptionalLong quota(HostConfig host) {
		if (host.nanoCpus() > 0) {
			return OptionalLong.of(host.nanoCpus() * PERIOD / NANOS_PER_CPU);
		}
		// Docker's clients send -1 for none
		return (host.cpuQuota() == -1) ? OptionalLong.empty() : limit(host.cpuQuota());
	}

	private static OptionalLong period(HostConfig host) {
		return (host.nanoCpus() > 0) ? OptionalLong.of(PERIOD) : limit(host.cpuPeriod());
	}

	private static OptionalLong shares(HostConfig host) {
		long shares = host.cpuShares();
		refuse(shares < 0, "CpuShares", "invalid CPU shares (" + shares + "): value must be a positive integer");
		return (shares == 0) ? OptionalLong.empty() : OptionalLong.of(Math.clamp(shares, LEAST_SHARES, MOST_SHARES));
	}

	private static List<BlockThrottle> throttles(HostConfig host) {
		List<BlockThrottle> throttles = new ArrayList<>();
		host.blkioWeightDevice()
			.forEach((weight) -> throttles
				.add(throttle("BlkioWeightDevice", Kind.WEIGHT, weight.path(), weight.weight())));
		add(throttles, "BlkioDeviceReadBps", Kind.READ_BYTES, host.blkioDeviceReadBps());
		add(throttles, "BlkioDeviceWriteBps", Kind.WRITE_BYTES, host.blkioDeviceWriteBps());
		add(throttles, "BlkioDeviceReadIOps", Kind.READ_OPERATIONS, host.blkioDeviceReadIops());
		add(throttles, "BlkioDeviceWriteIOps", Kind.WRITE_OPERATIONS, host.blkioDeviceWriteIops());
		return throttles;
	}

	private static void add(List<BlockThrottle> throttles, String field, Kind kind, List<HostConfig.DeviceRate> rates) {
		rates.forEach((rate) -> throttles.add(throttle(field, kind, rate.path(), rate.rate())));
	}

	private static BlockThrottle throttle(String field, Kind kind, String device, long limit) {
		refuse(!device.startsWith("/dev/") || device.indexOf('\0') >= 0, field,
				"bad format for path: " + device + ": use the path of a device, /dev/...");
		refuse(limit < 0 || (limit == 0 && kind == Kind.WEIGHT), field,
				"invalid rate for device " + device + ": " + limit);
		return new BlockThrottle(kind, Path.of(device), limit);
	}

	private static void refuse(boolean wrong, String field, String message) {
		if (wrong) {
			throw new InvalidSpecException("HostConfig." + field, message);
		}
	}

}
