package dev.caisson.persistence.audit;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.caisson.persistence.merkle.Hash;

/**
 * What shall be recorded; the log adds its place and time.
 *
 * @param kind what it is a record of
 * @param request by which the records of one request belong together; empty if there was
 * none
 * @param actor who
 * @param source from where
 * @param action what, such as {@code POST /containers/{reference}/start}
 * @param target on what; empty if on nothing in particular
 * @param outcome how it went: {@link #SUCCESS}, {@link #FAILURE}, {@link #DENIED}, or
 * empty as long as nobody knows
 * @param details what else; values as {@link CanonicalJson} takes them
 */
public record AuditEntry(Kind kind, String request, Actor actor, String source, String action, String target,
		String outcome, Map<String, ?> details) {

	/** Outcomes. */
	public static final String SUCCESS = "success", FAILURE = "failure", DENIED = "denied";

	/** Characters; what is longer is cut. */
	private static final int LONGEST_WORD = 128, LONGEST_TARGET = 512;

	/** Bytes of details; of more only the size and the hash are kept. */
	public static final int MOST_DETAILS = 64 * 1024;

	public AuditEntry {
		request = cut(request, LONGEST_WORD);
		source = cut(source, LONGEST_TARGET);
		action = cut(action, LONGEST_WORD);
		target = cut(target, LONGEST_TARGET);
		byte[] canonical = CanonicalJson.write(details).getBytes(StandardCharsets.UTF_8);
		if (canonical.length > MOST_DETAILS) {
			details = Map.of("omitted", (long) canonical.length, "leafHash", Hash.leaf(canonical).hex());
		}
	}

	private static String cut(String text, int longest) {
		return (text.length() > longest) ? text.substring(0, longest) : text;
	}

	/** What a record is of. */
	public enum Kind {

		/** Something is about to be done. */
		INTENT,

		/** How it went. */
		OUTCOME,

		/** Something was found or happened without being asked for. */
		EVENT;

		public String word() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

	}

}
