package dev.caisson.platform.build.dockerfile;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parser directives at the top of a file, which look like comments.
 *
 * @param escape the character that continues lines
 * @param syntax the frontend that the file asks for
 */
record Directives(char escape, Optional<String> syntax) {

	private static final Pattern FORM = Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");

	private static final Set<String> KNOWN = Set.of("escape", "syntax", "check");

	/** They end at the first line that is none. */
	static Directives read(String[] lines) {
		Map<String, String> found = new HashMap<>();
		for (int i = 0; i < lines.length; i++) {
			Matcher matcher = FORM.matcher(lines[i]);
			if (!matcher.matches() || !KNOWN.contains(matcher.group(1).toLowerCase(Locale.ROOT))) {
				break;
			}
			String name = matcher.group(1).toLowerCase(Locale.ROOT);
			if (found.put(name, matcher.group(2)) != null) {
				throw new DockerfileException(i + 1, "only one " + name + " parser directive can be used");
			}
			checkEscape(i + 1, name, matcher.group(2));
		}
		return new Directives(found.getOrDefault("escape", "\\").charAt(0), Optional.ofNullable(found.get("syntax")));
	}

	private static void checkEscape(int line, String name, String value) {
		if (name.equals("escape") && !value.equals("\\") && !value.equals("`")) {
			throw new DockerfileException(line, "invalid escape token '" + value + "' does not match ` or \\");
		}
	}

}
