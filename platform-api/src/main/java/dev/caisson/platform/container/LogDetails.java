package dev.caisson.platform.container;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.caisson.platform.container.definition.Definition;
import org.jspecify.annotations.Nullable;

/**
 * The labels and variables that the log options {@code labels} and {@code env} name, as
 * Docker writes them before each line that is asked for with details.
 */
final class LogDetails {

	private LogDetails() {
	}

	/** Sorted, {@code name=value} with commas between, and a space behind. */
	static String of(Definition definition) {
		Map<String, String> options = definition.hostConfig().logConfig().config();
		Map<String, String> details = new TreeMap<>();
		for (String label : names(options.get("labels"))) {
			String value = definition.config().labels().get(label);
			if (value != null) {
				details.put(label, value);
			}
		}
		List<String> variables = names(options.get("env"));
		for (String variable : definition.config().env()) {
			int equals = variable.indexOf('=');
			if (equals > 0 && variables.contains(variable.substring(0, equals))) {
				details.put(variable.substring(0, equals), variable.substring(equals + 1));
			}
		}
		return details.entrySet()
			.stream()
			.map((detail) -> encode(detail.getKey()) + "=" + encode(detail.getValue()))
			.collect(Collectors.joining(",", "", " "));
	}

	private static List<String> names(@Nullable String option) {
		return (option != null) ? List.of(option.split(",")) : List.of();
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

}
