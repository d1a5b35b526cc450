package dev.caisson.persistence.audit.log;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Which records are asked for, the newest first.
 *
 * @param equal values of columns that must be equal: {@code kind}, {@code actor},
 * {@code action}, {@code target}, {@code outcome}, {@code request}
 * @param since the earliest time; null is any
 * @param until the time before which; null is any
 * @param text that the record contains; empty is any
 * @param before the record before which the page begins; -1 is the end
 * @param limit how many at most
 */
public record AuditQuery(Map<String, String> equal, @Nullable Instant since, @Nullable Instant until, String text,
		long before, int limit) {

	/** Most selective first: the index that H2 walks is chosen by it. */
	private static final List<String> COLUMNS = List.of("request", "target", "actor", "action", "outcome", "kind");

	/** Columns that have an index of their own, ordered by the newest. */
	private static final List<String> INDEXED = List.of("request", "target", "actor", "action", "outcome");

	public AuditQuery {
		equal = new TreeMap<>(equal);
		if (!COLUMNS.containsAll(equal.keySet())) {
			throw new IllegalArgumentException("records are found by " + COLUMNS);
		}
	}

	/** The statement; its parameters are {@link #parameters}. */
	String sql() {
		StringBuilder sql = new StringBuilder("select body from audit_record where seq < ?");
		this.equal.keySet().forEach((column) -> sql.append(" and ").append(column).append(" = ?"));
		sql.append((this.since != null) ? " and recorded >= ?" : "")
			.append((this.until != null) ? " and recorded < ?" : "");
		sql.append(this.text.isEmpty() ? "" : " and body like ? escape '!'").append(" order by ");
		COLUMNS.stream()
			.filter((column) -> this.equal.containsKey(column) && INDEXED.contains(column))
			.findFirst()
			.ifPresent((column) -> sql.append(column).append(", "));
		return sql.append("seq desc limit ?").toString();
	}

	Object[] parameters() {
		List<Object> values = new ArrayList<>(List.of((this.before < 0) ? Long.MAX_VALUE : this.before));
		values.addAll(this.equal.values());
		if (this.since != null) {
			values.add(AuditStore.nanos(this.since));
		}
		if (this.until != null) {
			values.add(AuditStore.nanos(this.until));
		}
		if (!this.text.isEmpty()) {
			values.add("%" + this.text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%");
		}
		values.add(this.limit);
		return values.toArray();
	}

}
