package dev.caisson.platform.evidence;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.launch.LaunchTrace;

/** A launch as clients read it. */
final class LaunchForm {

	private LaunchForm() {
	}

	/** Times are in nanoseconds since the keeper began. */
	static Map<String, Object> of(int number, LaunchTrace trace) {
		Map<String, Object> form = new LinkedHashMap<>();
		form.put("number", number);
		form.put("calls", trace.entries().size());
		form.put("duration",
				trace.entries().stream().mapToLong((entry) -> entry.start() + entry.duration()).max().orElse(0));
		form.put("entries", entries(trace));
		return form;
	}

	private static List<Map<String, Object>> entries(LaunchTrace trace) {
		return trace.entries().stream().map((entry) -> {
			Map<String, Object> form = new LinkedHashMap<>();
			form.put("process", entry.process());
			form.put("purpose", entry.purpose());
			form.put("call", entry.call());
			form.put("result", entry.result());
			form.put("returned", entry.returned());
			form.put("start", entry.start());
			form.put("duration", entry.duration());
			return form;
		}).toList();
	}

}
