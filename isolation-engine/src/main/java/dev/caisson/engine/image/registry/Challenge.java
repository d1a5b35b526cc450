package dev.caisson.engine.image.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a server wants to be convinced: one challenge of a {@code WWW-Authenticate} field
 * (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case
 * @param parameters by their names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

	/** A server may send what it likes; no registry needs more. */
	private static final int MAX_LENGTH = 4096;

	private static final Pattern PART = Pattern.compile(
			"\\s*,?\\s*(?:([A-Za-z][\\w-]*)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s,\"]+))|([A-Za-z][\\w-]*)(?=\\s|,|$))");

	static List<Challenge> parse(List<String> fields) {
		List<Challenge> challenges = new ArrayList<>();
		for (String field : fields) {
			if (field.length() <= MAX_LENGTH) {
				parse(field, challenges);
			}
		}
		return challenges;
	}

	private static void parse(String field, List<Challenge> challenges) {
		Matcher part = PART.matcher(field);
		int at = 0;
		while (at < field.length() && part.find(at) && part.start() == at) {
			if (part.group(4) != null) {
				challenges.add(new Challenge(part.group(4).toLowerCase(Locale.ROOT), new TreeMap<>()));
			}
			else if (!challenges.isEmpty()) {
				String value = (part.group(2) != null) ? part.group(2).replaceAll("\\\\(.)", "$1") : part.group(3);
				challenges.getLast().parameters.put(part.group(1).toLowerCase(Locale.ROOT), value);
			}
			at = part.end();
		}
	}

	String parameter(String name) {
		return this.parameters.getOrDefault(name, "");
	}

}
