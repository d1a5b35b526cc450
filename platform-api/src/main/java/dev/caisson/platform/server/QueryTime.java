package dev.caisson.platform.server;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Times in the parameters of requests: seconds since 1970, or as in RFC 3339. */
public final class QueryTime {

	private static final Pattern SECONDS = Pattern.compile("(\\d{1,15})(?:\\.(\\d{1,9})\\d*)?");

	/** As Go writes durations: {@code 1h30m}, {@code 1.5s}. */
	private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s|us|ns)");

	private static final Map<String, Long> NANOS = Map.of("h", 3_600_000_000_000L, "m", 60_000_000_000L, "s",
			1_000_000_000L, "ms", 1_000_000L, "us", 1_000L, "ns", 1L);

	private QueryTime() {
	}

	/**
	 * Reads a time, or how long ago it was.
	 * @throws BadParameterException if it is neither
	 */
	public static Instant parseOrAgo(String parameter, String text, Instant now) {
		Matcher part = DURATION.matcher(text);
		Duration ago = Duration.ZERO;
		int end = 0;
		while (part.find() && part.start() == end) {
			ago = ago.plusNanos((long) (Double.parseDouble(part.group(1)) * NANOS.get(part.group(2))));
			end = part.end();
		}
		if (end > 0 && end == text.length()) {
			return now.minus(ago);
		}
		Instant time = parse(parameter, text);
		if (time == null) {
			throw new BadParameterException("invalid value for \"" + parameter + "\": " + text);
		}
		return time;
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
