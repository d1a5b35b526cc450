package dev.caisson.web.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.platform.container.ContainerOverview;
import dev.caisson.web.frame.Quantity;

/**
 * A limit of the control group against its use.
 *
 * @param name of the resource
 * @param text use and limit
 * @param share of the bar; empty if there is no limit
 * @param kernel the limit as its control file has it
 */
public record LimitBar(String name, String text, String share, String kernel) {

	static List<LimitBar> of(ContainerOverview container, CgroupStats stats, Use use, Map<String, String> controls) {
		List<LimitBar> bars = new ArrayList<>();
		bars.add(cpu(container, stats, use, controls));
		bars.add(memory(stats, controls));
		bars.add(processes(stats, controls));
		bars.add(blocks(stats));
		if (!stats.pressure().isEmpty()) {
			bars.add(pressure(stats));
		}
		return bars;
	}

	private static LimitBar cpu(ContainerOverview container, CgroupStats stats, Use use, Map<String, String> controls) {
		long limit = container.nanoCpus();
		String used = (use.cpus() >= 0) ? Quantity.cpus(use.cpus()) : "–";
		CgroupStats.Cpu cpu = stats.cpu();
		String throttled = (cpu.periods() > 0)
				? ", throttled " + Quantity.percent((double) cpu.throttledPeriods() / cpu.periods()) : "";
		String kernel = first(controls, "cpu.max", "cpu.cfs_quota_us");
		String period = controls.get("cpu.cfs_period_us");
		return new LimitBar("CPU", used + ((limit > 0) ? " of " + Quantity.cpus(limit) : "") + " cpus" + throttled,
				(limit > 0) ? Quantity.share(use.cpus(), limit) : "",
				"quota " + kernel + ((period != null) ? " / " + period : ""));
	}

	private static LimitBar memory(CgroupStats stats, Map<String, String> controls) {
		CgroupStats.Memory memory = stats.memory();
		OptionalLong limit = memory.limit();
		return new LimitBar("Memory",
				Quantity.bytes(memory.workingSet())
						+ (limit.isPresent() ? " of " + Quantity.bytes(limit.getAsLong()) : "") + ", peak "
						+ (memory.peak().isPresent() ? Quantity.bytes(memory.peak().getAsLong()) : "unknown"),
				limit.isPresent() ? Quantity.share(memory.workingSet(), limit.getAsLong()) : "",
				limit.isPresent() ? first(controls, "memory.max", "memory.limit_in_bytes") : "unlimited");
	}

	private static LimitBar processes(CgroupStats stats, Map<String, String> controls) {
		CgroupStats.Pids pids = stats.pids();
		return new LimitBar("Processes",
				pids.current() + (pids.limit().isPresent() ? " of " + pids.limit().getAsLong() : ""),
				pids.limit().isPresent() ? Quantity.share(pids.current(), pids.limit().getAsLong()) : "",
				"pids.max " + first(controls, "pids.max"));
	}

	private static LimitBar blocks(CgroupStats stats) {
		long read = stats.block().stream().mapToLong(CgroupStats.BlockDevice::readBytes).sum();
		long written = stats.block().stream().mapToLong(CgroupStats.BlockDevice::writtenBytes).sum();
		return new LimitBar("Block I/O", Quantity.bytes(read) + " read, " + Quantity.bytes(written) + " written", "",
				"since its start");
	}

	private static LimitBar pressure(CgroupStats stats) {
		return new LimitBar("Pressure",
				stats.pressure()
					.entrySet()
					.stream()
					.sorted(Map.Entry.comparingByKey())
					.map((each) -> each.getKey() + " " + each.getValue().some().last10() + "%")
					.collect(Collectors.joining(" · ")),
				"", "some, 10 s");
	}

	private static String first(Map<String, String> controls, String... files) {
		for (String file : files) {
			String value = controls.get(file);
			if (value != null) {
				return value;
			}
		}
		return "not shown";
	}

}
