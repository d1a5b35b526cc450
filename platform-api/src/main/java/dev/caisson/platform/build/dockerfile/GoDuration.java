package dev.caisson.platform.build.dockerfile;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as Go writes them: {@code 1m30s}, {@code 500ms}, {@code 1.5h}. */
public final class GoDuration {

	private static final Pattern FORM = Pattern
		.compile("([+-]?)((?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:ns|us|µs|ms|s|m|h))+|0");

	private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)");

	private static final Map<String, Long> NANOS = Map.of("ns", 1L, "us", 1_000L, "µs", 1_000L, "ms", 1_000_000L, "s",
			1_000_000_000L, "m", 60_000_000_000L, "h", 3_600_000_000_000L);

	private GoDuration() {
	}

	/** The time, or empty if the text is none or has no place in 64 bits. */
	static Optional<Duration> parse(String text) {
		if (!FORM.matcher(text).matches()) {
			return Optional.empty();
		}
		BigDecimal nanos = BigDecimal.ZERO;
		for (Matcher part = PART.matcher(text); part.find();) {
			nanos = nanos
				.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(NANOS.getOrDefault(part.group(2), 1L))));
		}
		if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
			return Optional.empty();
		}
		Duration time = Duration.ofNanos(nanos.longValue());
		return Optional.of(text.startsWith("-") ? time.negated() : time);
	}

	/** As Go prints it. */
	public static String format(Duration time) {
		if (time.isZero()) {
			return "0s";
		}
		BigDecimal seconds = BigDecimal.valueOf(time.toNanos(), 9);
		if (time.compareTo(Duration.ofSeconds(1)) < 0) {
			return plain(seconds.movePointRight(3)) + "ms";
		}
		long hours = time.toHours();
		long minutes = time.toMinutesPart();
		String rest = plain(seconds.remainder(BigDecimal.valueOf(60))) + "s";
		return ((hours > 0) ? hours + "h" : "") + ((hours > 0 || minutes > 0) ? minutes + "m" : "") + rest;
	}

	private static String plain(BigDecimal number) {
		return (number.signum() == 0) ? "0" : number.stripTrailingZeros().toPlainString();
	}

}
