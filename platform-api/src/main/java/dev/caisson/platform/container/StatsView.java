package dev.caisson.platform.container;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.engine.cgroup.CgroupStats.Pressure;
import dev.caisson.engine.cgroup.CgroupStats.Stall;
import dev.caisson.platform.container.UsageSample.Traffic;
import org.jspecify.annotations.Nullable;

/**
 * Docker's ContainerStatsResponse, and beyond it {@code pressure_stats}: how much tasks
 * stood still for want of processor, memory or disk.
 */
final class StatsView {

	private StatsView() {
	}

	/**
	 * What a sample shows.
	 * @param before the sample before it, from which clients reckon the rates
	 */
	static Map<String, Object> of(ContainerEntry entry, UsageSample before, UsageSample sample) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("name", "/" + entry.name());
		view.put("id", entry.id().value());
		view.put("read", time(sample.time()));
		view.put("preread", time(before.time()));
		view.put("num_procs", 0);
		view.put("storage_stats", Map.of());
		view.put("cpu_stats", cpu(sample));
		view.put("precpu_stats", cpu(before));
		CgroupStats usage = sample.usage();
		view.put("pids_stats", (usage != null) ? pids(usage.pids()) : Map.of());
		view.put("blkio_stats", block((usage != null) ? usage.block() : List.of()));
		view.put("memory_stats", (usage != null) ? memory(usage.memory(), sample.hostMemory()) : Map.of());
		if (!sample.interfaces().isEmpty()) {
			view.put("networks", networks(sample.interfaces()));
		}
		if (usage != null && !usage.pressure().isEmpty()) {
			view.put("pressure_stats", pressure(usage.pressure()));
		}
		return view;
	}

	/** Go's zero time is before all others. */
	private static String time(@Nullable Instant time) {
		return (time != null) ? time.toString() : "0001-01-01T00:00:00Z";
	}

	private static Map<String, Object> cpu(UsageSample sample) {
		CgroupStats usage = sample.usage();
		Map<String, Object> view = new LinkedHashMap<>();
		CgroupStats.Cpu cpu = (usage != null) ? usage.cpu() : null;
		Map<String, Object> used = new LinkedHashMap<>();
		used.put("total_usage", (cpu != null) ? cpu.usage() : 0);
		if (cpu != null && !cpu.perProcessor().isEmpty()) {
			used.put("percpu_usage", cpu.perProcessor());
		}
		used.put("usage_in_kernelmode", (cpu != null) ? cpu.system() : 0);
		used.put("usage_in_usermode", (cpu != null) ? cpu.user() : 0);
		view.put("cpu_usage", used);
		if (cpu != null) {
			view.put("system_cpu_usage", sample.hostNanos());
			view.put("online_cpus", sample.processors());
		}
		view.put("throttling_data", Map.of("periods", (cpu != null) ? cpu.periods() : 0, "throttled_periods",
				(cpu != null) ? cpu.throttledPeriods() : 0, "throttled_time", (cpu != null) ? cpu.throttled() : 0));
		return view;
	}

	private static Map<String, Object> pids(CgroupStats.Pids pids) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("current", pids.current());
		pids.limit().ifPresent((limit) -> view.put("limit", limit));
		return view;
	}

	/** Without a limit, the host's memory is the limit. */
	private static Map<String, Object> memory(CgroupStats.Memory memory, long hostMemory) {
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("usage", memory.usage());
		memory.peak().ifPresent((peak) -> view.put("max_usage", peak));
		view.put("failcnt", memory.failures());
		view.put("limit", Math.min(memory.limit().orElse(hostMemory), hostMemory));
		view.put("stats", memory.details());
		return view;
	}

	private static Map<String, Object> block(List<CgroupStats.BlockDevice> devices) {
		List<Map<String, Object>> bytes = new ArrayList<>();
		List<Map<String, Object>> operations = new ArrayList<>();
		for (CgroupStats.BlockDevice device : devices) {
			bytes.add(entry(device, "read", device.readBytes()));
			bytes.add(entry(device, "write", device.writtenBytes()));
			operations.add(entry(device, "read", device.reads()));
			operations.add(entry(device, "write", device.writes()));
		}
		Map<String, Object> view = new LinkedHashMap<>();
		view.put("io_service_bytes_recursive", bytes);
		view.put("io_serviced_recursive", operations);
		for (String unknown : List.of("io_queue_recursive", "io_service_time_recursive", "io_wait_time_recursive",
				"io_merged_recursive", "io_time_recursive", "sectors_recursive")) {
			view.put(unknown, List.of());
		}
		return view;
	}

	private static Map<String, Object> entry(CgroupStats.BlockDevice device, String operation, long value) {
		return Map.of("major", device.major(), "minor", device.minor(), "op", operation, "value", value);
	}

	private static Map<String, Object> networks(Map<String, Traffic> interfaces) {
		Map<String, Object> view = new LinkedHashMap<>();
		interfaces.forEach((name, traffic) -> view.put(name,
				Map.of("rx_bytes", traffic.receivedBytes(), "rx_packets", traffic.receivedPackets(), "rx_errors",
						traffic.receiveErrors(), "rx_dropped", traffic.receiveDrops(), "tx_bytes", traffic.sentBytes(),
						"tx_packets", traffic.sentPackets(), "tx_errors", traffic.sendErrors(), "tx_dropped",
						traffic.sendDrops())));
		return view;
	}

	private static Map<String, Object> pressure(Map<String, Pressure> resources) {
		Map<String, Object> view = new LinkedHashMap<>();
		resources.forEach((resource, pressure) -> {
			Map<String, Object> stalls = new LinkedHashMap<>();
			stalls.put("some", stall(pressure.some()));
			pressure.full().ifPresent((full) -> stalls.put("full", stall(full)));
			view.put(resource, stalls);
		});
		return view;
	}

	private static Map<String, Object> stall(Stall stall) {
		return Map.of("avg10", stall.last10(), "avg60", stall.last60(), "avg300", stall.last300(), "total",
				stall.totalMicros());
	}

}
