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

	/** What json-file also knows and what changes nothing here. */
	private static final Set<String> IGNORED = Set.of("labels", "labels-regex", "env", "env-regex", "tag", "mode",
			"max-buffer-size");

	/** Docker's defaults of its driver {@code local}. */
	private static final LogSettings LOCAL = new LogSettings(20 << 20, 5, true);

	private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,3}))?\\s?([kmgtp]?)(?:i?b)?");

	private LogWords() {
	}

	static LogSettings translate(HostConfig.LogConfig log) {
		return switch (log.type()) {
			case "json-file" -> settings(log, LogSettings.DEFAULT);
			case "local" -> settings(log, LOCAL);
			// it is kept for those who attach later, but shown to nobody
			case "none" -> LogSettings.DEFAULT;
			case "journald" -> throw new InvalidSpecException(FIELD,
					"logger: log driver 'journald' is not available here: use json-file or local");
			default ->
				throw new InvalidSpecException(FIELD, "logger: no log driver named '" + log.type() + "' is registered");
		};
	}

	private static LogSettings settings(HostConfig.LogConfig log, LogSettings defaults) {
		long maxSize = defaults.maxSize();
		int maxFiles = defaults.maxFiles();
		boolean compress = defaults.compress();
		for (var option : log.config().entrySet()) {
			switch (option.getKey()) {
				case "max-size" -> maxSize = size(option.getValue());
				case "max-file" -> maxFiles = count(option.getValue());
				case "compress" -> compress = flag(option.getValue());
				default -> checkIgnored(log.type(), option.getKey());
			}
		}
		return new LogSettings(maxSize, maxFiles, compress);
	}

	private static boolean flag(String text) {
		return switch (text) {
			case "1", "t", "T", "true", "TRUE", "True" -> true;
			case "0", "f", "F", "false", "FALSE", "False" -> false;
			default -> throw new InvalidSpecException(FIELD, "invalid value for compress: '" + text + "'");
		};
	}

	private static void checkIgnored(String driver, String option) {
		if (driver.equals("local") || !IGNORED.contains(option)) {
			throw new InvalidSpecException(FIELD, "unknown log opt '" + option + "' for " + driver + " log driver");
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
