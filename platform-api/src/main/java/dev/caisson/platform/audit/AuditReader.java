package dev.caisson.platform.audit;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditQuery;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * The audit log for those who show it to people. Whoever calls must have asked whether
 * the reader may read it. Safe for use by many threads.
 */
@Component
public final class AuditReader {

	private final AuditLog log;

	private final JsonMapper json;

	private volatile @Nullable Sealed sealed;

	AuditReader(AuditLog log, JsonMapper json) {
		this.log = log;
		this.json = json;
		log.onCheckpoint((note) -> this.sealed = new Sealed(sizeOf(note), Clock.systemUTC().instant()));
	}

	/**
	 * The second line of a checkpoint is the size of the tree, see C2SP tlog-checkpoint.
	 */
	private static long sizeOf(String note) {
		return Long.parseLong(note.lines().skip(1).findFirst().orElse("0"));
	}

	/** How many records there ever were. */
	public long size() {
		return this.log.size();
	}

	/**
	 * The newest checkpoint that this service has signed; empty if it has signed none.
	 */
	public Optional<Sealed> sealed() {
		return Optional.ofNullable(this.sealed);
	}

	/**
	 * A page of records, the newest first.
	 * @param parameters as {@code GET /api/v1/audit} has them
	 * @throws dev.caisson.platform.server.BadParameterException naming the one that is
	 * wrong
	 */
	public List<Line> find(Map<String, String> parameters) {
		return this.log.find(AuditParameters.page(parameters)).stream().map(this::line).toList();
	}

	/** One record; empty if there is none, or if it is kept no longer. */
	public Optional<Line> record(long sequence) {
		return this.log.find(new AuditQuery(Map.of(), null, null, "", sequence + 1, 1))
			.stream()
			.filter((record) -> record.sequence() == sequence)
			.map(this::line)
			.findFirst();
	}

	private Line line(AuditRecord record) {
		AuditEntry entry = record.entry();
		Map<String, String> facts = new TreeMap<>();
		entry.actor().facts().forEach((name, value) -> facts.put(name, String.valueOf(value)));
		return new Line(record.sequence(), record.time(), entry.kind().word(), entry.request(), entry.actor().name(),
				facts, entry.source(), entry.action(), entry.target(), entry.outcome(),
				this.json.writerWithDefaultPrettyPrinter().writeValueAsString(entry.details()));
	}

	/**
	 * Proves that a record is in the log, by the newest checkpoint.
	 * @throws IllegalArgumentException if there is no such record
	 */
	public Proof prove(long sequence) {
		String checkpoint = this.log.checkpoint();
		long size = sizeOf(checkpoint);
		List<String> path = this.log.inclusion(sequence, size).stream().map((hash) -> hash.hex()).toList();
		return new Proof(this.log.leaf(sequence).hex(), path, size, checkpoint, this.log.key().toString());
	}

	/**
	 * A signed checkpoint.
	 *
	 * @param size how many records it vouches for
	 * @param time when it was signed
	 */
	public record Sealed(long size, Instant time) {
	}

	/**
	 * A record.
	 *
	 * @param sequence its place, from 0
	 * @param kind intent, outcome or event
	 * @param request by which records of one request belong together
	 * @param facts how the actor is known
	 * @param outcome success, failure, denied, or empty
	 * @param details JSON, in lines
	 */
	public record Line(long sequence, Instant time, String kind, String request, String actor,
			Map<String, String> facts, String source, String action, String target, String outcome, String details) {
	}

	/**
	 * That a record is in a tree, see RFC 6962 section 2.1.1.
	 *
	 * @param leaf its hash
	 * @param path the hashes up to the root
	 * @param size of the tree
	 * @param checkpoint signed, with the root
	 * @param key by which the signature is verified
	 */
	public record Proof(String leaf, List<String> path, long size, String checkpoint, String key) {
	}

}
