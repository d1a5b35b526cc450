package dev.caisson.platform.build.dockerfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The flags of an instruction, {@code --name=value}, which stand before its arguments.
 */
final class Flags {

	/** What only a BuildKit frontend can do. */
	private static final Set<String> OF_BUILDKIT = Set.of("mount", "network", "security", "parents", "exclude",
			"keep-git-dir", "checksum");

	private final Map<String, String> values;

	private Flags(Map<String, String> values) {
		this.values = values;
	}

	/** Takes flags off a text's beginning; answers what remains. */
	static String take(String text, char escape, List<String> flags) {
		String rest = text;
		while (rest.startsWith("--")) {
			String word = Words.first(rest, escape);
			rest = rest.substring(word.length()).stripLeading();
			if (word.equals("--")) {
				return rest;
			}
			flags.add(word);
		}
		return rest;
	}

	/**
	 * Reads the flags of a line.
	 * @throws DockerfileException if one is not known, twice there, or without a value
	 */
	static Flags of(Line line, String... known) {
		Map<String, String> values = new LinkedHashMap<>();
		for (String word : line.flags()) {
			int equals = word.indexOf('=');
			String name = word.substring(2, (equals < 0) ? word.length() : equals);
			checkKnown(line, name, Set.of(known));
			if (equals < 0 && !name.equals("link")) {
				throw line.refuse("missing a value on flag: --" + name);
			}
			if (values.put(name, (equals < 0) ? "true" : word.substring(equals + 1)) != null) {
				throw line.refuse("duplicate flag specified: --" + name);
			}
		}
		return new Flags(values);
	}

	private static void checkKnown(Line line, String name, Set<String> known) {
		if (known.contains(name)) {
			return;
		}
		if (OF_BUILDKIT.contains(name)) {
			throw line.refuse("the --" + name + " option requires BuildKit, which this builder is not");
		}
		throw line.refuse("unknown flag: --" + name);
	}

	/** The value of a flag, or empty. */
	String get(String name) {
		return this.values.getOrDefault(name, "");
	}

}
