package dev.caisson.web.frame;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Numbers as people read them: with a unit, and no more digits than they need. */
public final class Quantity {

	private static final String[] UNITS = { "B", "KiB", "MiB", "GiB", "TiB" };

	private static final double NANOS = 1e9, MILLIS = 1e6, MICROS = 1e3;

	private static final int SHORT_ID = 12;

	private Quantity() {
	}

	/**
	 * In the largest unit that leaves at least 1, with two decimals where it has some.
	 */
	public static String bytes(long bytes) {
		double value = Math.max(bytes, 0);
		int unit = 0;
		while (value >= 1024 && unit < UNITS.length - 1) {
			value /= 1024;
			unit++;
		}
		return decimal(value) + " " + UNITS[unit];
	}

	/** Bytes of a limit: 0 is none. */
	public static String limit(long bytes) {
		return (bytes > 0) ? bytes(bytes) : "none";
	}

	/** Processors, from billionths; a little is not nothing. */
	public static String cpus(double nanos) {
		return (nanos > 0 && nanos < NANOS / 100) ? "<0.01" : decimal(nanos / NANOS);
	}

	/** A time that something took. */
	public static String time(long nanos) {
		if (nanos >= NANOS) {
			return String.format(Locale.ROOT, "%.2f s", nanos / NANOS);
		}
		return (nanos >= MILLIS / 100) ? String.format(Locale.ROOT, "%.2f ms", nanos / MILLIS)
				: String.format(Locale.ROOT, "%.1f µs", nanos / MICROS);
	}

	/** 18,204. */
	public static String count(long number) {
		return String.format(Locale.ROOT, "%,d", number);
	}

	public static String percent(double share) {
		return String.format(Locale.ROOT, "%.1f%%", share * 100);
	}

	/** As much of a bar as a part fills, with a trace of what is not nothing. */
	public static String share(double part, double whole) {
		double share = (whole > 0) ? Math.clamp(part / whole, 0, 1) : 0;
		return String.format(Locale.ROOT, "%.1f%%", (share > 0) ? Math.max(share * 100, 1) : 0);
	}

	/** How long ago, as coarse as a person says it. */
	public static String ago(Instant then, Instant now) {
		long seconds = Math.max(Duration.between(then, now).toSeconds(), 0);
		if (seconds < 60) {
			return seconds + " s ago";
		}
		if (seconds < 3600) {
			return seconds / 60 + " min ago";
		}
		return (seconds < 48 * 3600) ? seconds / 3600 + " h ago" : seconds / 86_400 + " days ago";
	}

	/** The beginning of an id, as Docker shows it. */
	public static String id(String id) {
		String digits = id.startsWith("sha256:") ? id.substring("sha256:".length()) : id;
		return (digits.length() > SHORT_ID) ? digits.substring(0, SHORT_ID) : digits;
	}

	private static String decimal(double value) {
		return String.format(Locale.ROOT, "%.2f", value).replaceFirst("\\.?0+$", "");
	}

}
