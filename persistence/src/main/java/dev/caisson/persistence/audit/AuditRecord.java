package dev.caisson.persistence.audit;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.persistence.merkle.Hash;
import org.jspecify.annotations.Nullable;

/**
 * A record of the audit log. Its text is one line of {@link CanonicalJson}; the UTF-8 of
 * that text is the leaf that is hashed.
 *
 * @param sequence its place, from 0, without gaps: the index of its leaf
 * @param time by the host's clock, which may be set back
 * @param entry what happened
 */
public record AuditRecord(long sequence, Instant time, AuditEntry entry) {

	/** Always nine digits, so that the texts sort as the instants do. */
	private static final DateTimeFormatter TIME = DateTimeFormatter
		.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private static final Set<String> MEMBERS = Set.of("action", "actor", "details", "kind", "outcome", "request", "seq",
			"source", "target", "time");

	/** The canonical text. */
	public String text() {
		Map<String, @Nullable Object> members = new TreeMap<>();
		members.put("action", this.entry.action());
		members.put("actor", this.entry.actor().asMap());
		members.put("details", this.entry.details());
		members.put("kind", this.entry.kind().word());
		members.put("outcome", this.entry.outcome());
		members.put("request", this.entry.request());
		members.put("seq", this.sequence);
		members.put("source", this.entry.source());
		members.put("target", this.entry.target());
		members.put("time", TIME.format(this.time));
		return CanonicalJson.write(members);
	}

	/** The hash of the leaf that a text is. */
	public static Hash leaf(String text) {
		return Hash.leaf(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * The inverse of {@link #text}.
	 * @throws IllegalArgumentException if it is not the text of a record
	 */
	public static AuditRecord parse(String text) {
		try {
			if (CanonicalJson.read(text) instanceof Map<?, ?> members && members.keySet().equals(MEMBERS)) {
				return of(members);
			}
		}
		catch (ClassCastException | NullPointerException | DateTimeException ex) {
			throw new IllegalArgumentException("not a record: " + ex.getMessage(), ex);
		}
		throw new IllegalArgumentException("not a record: its members are " + MEMBERS.stream().sorted().toList());
	}

	private static AuditRecord of(Map<?, ?> members) {
		AuditEntry entry = new AuditEntry(Kind.valueOf(word(members, "kind").toUpperCase(Locale.ROOT)),
				word(members, "request"), Actor.of((Map<?, ?>) members.get("actor")), word(members, "source"),
				word(members, "action"), word(members, "target"), word(members, "outcome"),
				details((Map<?, ?>) members.get("details")));
		return new AuditRecord((Long) members.get("seq"), Instant.parse(word(members, "time")), entry);
	}

	private static String word(Map<?, ?> members, String name) {
		return (String) members.get(name);
	}

	private static Map<String, @Nullable Object> details(Map<?, ?> map) {
		Map<String, @Nullable Object> details = new TreeMap<>();
		map.forEach((name, value) -> details.put((String) name, value));
		return details;
	}

}
