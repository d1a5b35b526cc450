package dev.caisson.platform.container.definition;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.container.LogSettings;
import dev.caisson.engine.spec.InvalidSpecException;

/** How the output is kept. */
final class LogWords {

	private static final String FIELD = "HostConfig.LogConfig";

	/** Docker's own file format; {@code none} keeps it too, but shows it to nobody. */
	private static final Set<String> DRIVERS = Set.of("json-file", "none");

	/** What json-file also knows and what changes nothing here. */
	private static final Set<String> IGNORED = Set.of("compress", "labels", "labels-regex", "env", "env-regex", "tag",
			"mode", "max-buffer-size");

	private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,3}))?\\s?([kmgtp]?)(?:i?b)?");

	private LogWords() {
	}

	static LogSettings translate(HostConfig.LogConfig log) {
		if (!DRIVERS.contains(log.type())) {
			throw new InvalidSpecException(FIELD, "logger: no log driver named '" + log.type() + "' is registered");
		}
		if (log.type().equals("none")) {
			return LogSettings.DEFAULT;
		}
		long maxSize = LogSettings.DEFAULT.maxSize();
		int maxFiles = LogSettings.DEFAULT.maxFiles();
		for (var option : log.config().entrySet()) {
			switch (option.getKey()) {
				case "max-size" -> maxSize = size(option.getValue());
				case "max-file" -> maxFiles = count(option.getValue());
				default -> checkIgnored(option.getKey());
			}
		}
		return new LogSettings(maxSize, maxFiles);
	}

	private static void checkIgnored(String option) {
		if (!IGNORED.contains(option)) {
			throw new InvalidSpecException(FIELD, "unknown log opt '" + option + "' for json-file log driver");
		}
	}

	/** {@code 10m}, {@code 1.5g}: binary multiples. */
	private static long size(String text) {
		if (text.equals("-1")) {
			return -1;
		}
		Matcher matcher = SIZE.matcher(text.toLowerCase(Locale.ROOT).strip());
		if (!matcher.matches()) {
			throw new InvalidSpecException(FIELD, "invalid value for max-size: invalid size: '" + text + "'");
		}
		double number = Double
			.parseDouble(matcher.group(1) + ((matcher.group(2) != null) ? "." + matcher.group(2) : ""));
		int power = matcher.group(3).isEmpty() ? 0 : "kmgtp".indexOf(matcher.group(3)) + 1;
		return (long) Math.min(Long.MAX_VALUE, number * Math.pow(1024, power));
	}

	private static int count(String text) {
		try {
			return Integer.parseInt(text);
		}
		catch (NumberFormatException ex) {
			throw new InvalidSpecException(FIELD, "invalid value for max-file: '" + text + "' is no number");
		}
	}

}
