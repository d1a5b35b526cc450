package dev.caisson.platform.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.caisson.persistence.audit.log.AuditQuery;
import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;

/** The parameters of a query of the log, as a client writes them. */
final class AuditParameters {

	private static final List<String> EQUAL = List.of("kind", "actor", "action", "target", "outcome", "request");

	private static final List<String> OTHERS = List.of("since", "until", "text", "before", "limit", "format");

	private static final int USUAL_LIMIT = 100, HIGHEST_LIMIT = 1000;

	private AuditParameters() {
	}

	/**
	 * Reads them.
	 * @param most the highest limit, which is also the usual one of an export
	 * @throws BadParameterException naming the one that cannot be
	 */
	static AuditQuery parse(Map<String, String> parameters, int usual, int most) {
		Map<String, String> equal = new TreeMap<>(parameters);
		equal.keySet().retainAll(EQUAL);
		for (String name : parameters.keySet()) {
			if (!EQUAL.contains(name) && !OTHERS.contains(name)) {
				throw new BadParameterException("unknown parameter " + name + ": use " + String.join(", ", EQUAL) + ", "
						+ String.join(", ", OTHERS));
			}
		}
		long limit = number(parameters, "limit", usual);
		if (limit < 1 || limit > most) {
			throw new BadParameterException("invalid limit " + limit + ": use 1 to " + most);
		}
		return new AuditQuery(equal, time(parameters, "since"), time(parameters, "until"),
				parameters.getOrDefault("text", ""), number(parameters, "before", -1), (int) limit);
	}

	static AuditQuery page(Map<String, String> parameters) {
		return parse(parameters, USUAL_LIMIT, HIGHEST_LIMIT);
	}

	private static @Nullable Instant time(Map<String, String> parameters, String name) {
		String text = parameters.get(name);
		if (text == null || text.isEmpty()) {
			return null;
		}
		try {
			return text.matches("\\d{1,12}") ? Instant.ofEpochSecond(Long.parseLong(text)) : Instant.parse(text);
		}
		catch (DateTimeException ex) {
			throw new BadParameterException(
					"invalid time for " + name + ": " + text + ": use 2026-01-31T12:00:00Z or seconds since 1970");
		}
	}

	static long number(Map<String, String> parameters, String name, long fallback) {
		String text = parameters.get(name);
		if (text == null || text.isEmpty()) {
			return fallback;
		}
		if (!text.matches("\\d{1,18}")) {
			throw new BadParameterException("invalid number for " + name + ": " + text);
		}
		return Long.parseLong(text);
	}

}
