package dev.caisson.engine.cgroup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.cgroup.CgroupStats.Pressure;
import dev.caisson.engine.cgroup.CgroupStats.Stall;

/** {@code cpu.pressure}, {@code memory.pressure}, {@code io.pressure} of a v2 group. */
final class PressureFiles {

	private PressureFiles() {
	}

	static Map<String, Pressure> read(Directory directory) {
		Map<String, Pressure> pressure = new LinkedHashMap<>();
		for (String resource : List.of("cpu", "memory", "io")) {
			directory.find(resource + ".pressure")
				.map(PressureFiles::parse)
				.ifPresent((read) -> pressure.put(resource, read));
		}
		return pressure;
	}

	/** Lines such as {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0}. */
	static Pressure parse(String content) {
		Map<String, Stall> lines = new LinkedHashMap<>();
		content.lines()
			.map((line) -> line.split("[ =]"))
			.forEach((words) -> lines.put(words[0], new Stall(Double.parseDouble(words[2]),
					Double.parseDouble(words[4]), Double.parseDouble(words[6]), Long.parseLong(words[8]))));
		return new Pressure(lines.getOrDefault("some", new Stall(0, 0, 0, 0)), Optional.ofNullable(lines.get("full")));
	}

}
