package dev.caisson.platform.server;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Times in the parameters of requests: seconds since 1970, or as in RFC 3339. */
public final class QueryTime {

	private static final Pattern SECONDS = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,9})\\d*)?");

	private QueryTime() {
	}

	/**
	 * Reads a time.
	 * @return null if there is none; zero is none too
	 * @throws BadParameterException if it is none of the forms
	 */
	public static @Nullable Instant parse(String parameter, @Nullable String text) {
		if (text == null || text.isEmpty() || text.equals("0")) {
			return null;
		}
		Matcher matcher = SECONDS.matcher(text);
		try {
			if (matcher.matches()) {
				String nanos = (matcher.group(2) != null) ? matcher.group(2) : "";
				return Instant.ofEpochSecond(Long.parseLong(matcher.group(1)),
						Long.parseLong((nanos + "000000000").substring(0, 9)));
			}
			return Instant.parse(text);
		}
		catch (DateTimeException ex) {
			throw new BadParameterException("invalid value for \"" + parameter + "\": " + text);
		}
	}

}
