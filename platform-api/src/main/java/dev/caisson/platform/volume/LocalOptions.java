package dev.caisson.platform.volume;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks the options of Docker's local driver. */
final class LocalOptions {

	private static final Set<String> KNOWN = Set.of("type", "o", "device");

	/** What each of them needs beside it. */
	private static final Map<String, List<String>> NEEDED = Map.of("device", List.of("type"), "o",
			List.of("device", "type"), "type", List.of("device"));

	private LocalOptions() {
	}

	/**
	 * Checks them.
	 * @throws VolumeException in Docker's words
	 */
	static void check(String name, Map<String, String> options) {
		for (String option : options.keySet()) {
			if (option.equals("size")) {
				throw VolumeException.invalid(name, "quota size requested but no quota support");
			}
			if (!KNOWN.contains(option)) {
				throw VolumeException.invalid(name, "invalid option: \"" + option + '"');
			}
			for (String needed : NEEDED.getOrDefault(option, List.of())) {
				if (!options.containsKey(needed)) {
					throw VolumeException.invalid(name, "missing required option: \"" + needed + '"');
				}
			}
		}
		if (options.values().stream().anyMatch((value) -> value.indexOf('\0') >= 0)) {
			throw VolumeException.invalid(name, "an option contains a NUL byte");
		}
	}

}
