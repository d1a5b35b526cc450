package dev.caisson.persistence.audit.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.bundle.Bundle;
import dev.caisson.persistence.audit.bundle.Evidence;
import dev.caisson.persistence.audit.bundle.EvidenceCheck;
import dev.caisson.persistence.audit.bundle.EvidenceMisfitException;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.merkle.MerkleTree;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.SignedNote;
import dev.caisson.persistence.note.VerifierKey;

/**
 * The audit log of one data root. Safe for use by many threads.
 */
public final class AuditLog implements AutoCloseable {

	private final AuditStore store;

	private final LogKeys keys;

	private final AuditTree tree;

	private final AuditWriter writer;

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private AuditLog(AuditOpening.Opened opened, AuditSettings settings) {
		this.store = opened.store();
		this.keys = opened.keys();
		this.tree = opened.tree();
		this.writer = new AuditWriter(opened, settings, this::tell);
	}

	/**
	 * Opens the log, with what a killed process had acknowledged but not yet put into the
	 * database.
	 * @throws AuditDamagedException if what is kept does not fit the last checkpoint, or
	 * another process has it
	 */
	public static AuditLog open(DataSource source, AuditSettings settings) {
		try {
			AuditOpening.Opened opened = AuditOpening.open(new AuditStore(source), settings);
			AuditLog log = new AuditLog(opened, settings);
			log.writer.start();
			opened.damage().ifPresent(log::noteAcceptedDamage);
			return log;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("open the audit log in " + settings.directory(), ex);
		}
	}

	private void noteAcceptedDamage(String damage) {
		append(new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "audit.damage.accepted", "audit", AuditEntry.FAILURE,
				Map.of("damage", damage)));
	}

	/**
	 * Adds a record. When this returns it survives a kill, and with fsync the loss of
	 * power.
	 * @throws AuditUnavailableException if it could not be added
	 */
	public AuditRecord append(AuditEntry entry) {
		return this.writer.append(entry);
	}

	/** How many records were ever added. */
	public long size() {
		return this.writer.size();
	}

	/** A page, the newest first. What was added before this call is seen. */
	public List<AuditRecord> find(AuditQuery query) {
		return texts(query).stream().map(AuditRecord::parse).toList();
	}

	/** As {@link #find}, as texts. */
	public List<String> texts(AuditQuery query) {
		this.writer.flush();
		return this.store.jdbc().queryForList(query.sql(), String.class, query.parameters());
	}

	/** The newest checkpoint; one is signed now if there is news. */
	public String checkpoint() {
		this.writer.flush();
		return this.writer.checkpoint();
	}

	/** Is told of every new checkpoint, on a thread that must not be kept. */
	public void onCheckpoint(Consumer<String> listener) {
		this.listeners.add(listener);
	}

	private void tell(String note) {
		this.listeners.forEach((listener) -> listener.accept(note));
	}

	/** The public key of the checkpoints. */
	public VerifierKey key() {
		return this.keys.verifier();
	}

	/** Makes a new key, for which the old one vouches. */
	public VerifierKey rotateKey() {
		VerifierKey fresh = this.keys.rotate();
		this.writer.forceCheckpoint();
		return fresh;
	}

	/**
	 * Proves that a record is in a tree.
	 * @throws IllegalArgumentException if it is not
	 */
	public List<Hash> inclusion(long sequence, long size) {
		checkSize(size);
		return MerkleTree.inclusion(sequence, size, this.tree);
	}

	/**
	 * Proves that a tree is the beginning of another.
	 * @throws IllegalArgumentException if it is not
	 */
	public List<Hash> consistency(long older, long newer) {
		checkSize(newer);
		return MerkleTree.consistency(older, newer, this.tree);
	}

	/**
	 * The hash of a record.
	 * @throws IllegalArgumentException if there is no such record
	 */
	public Hash leaf(long sequence) {
		checkSize(sequence + 1);
		return this.tree.root(0, sequence);
	}

	private void checkSize(long size) {
		this.writer.flush();
		if (size > this.tree.size()) {
			throw new IllegalArgumentException("the log has " + this.tree.size() + " records, not " + size);
		}
	}

	/**
	 * Writes everything that is kept as a bundle, as of a checkpoint that is signed now
	 * if there is news.
	 */
	public void export(OutputStream output) throws IOException {
		this.writer.reading().lock();
		try {
			Bundle.write(evidence(), output);
		}
		finally {
			this.writer.reading().unlock();
		}
	}

	/** Writes the records of a query as a bundle. */
	public void export(AuditQuery query, OutputStream output) throws IOException {
		List<String> found = texts(query);
		Bundle.write(new LogEvidence(this.store, this.tree, this.keys, sizeOf(checkpoint()), -1,
				() -> found.reversed().iterator()), output);
	}

	private Evidence evidence() {
		long size = sizeOf(checkpoint());
		return new LogEvidence(this.store, this.tree, this.keys, size, this.store.completeFrom(),
				() -> new RowIterator(this.store, size));
	}

	private static long sizeOf(String note) {
		return Checkpoint.parse(SignedNote.parse(note).text()).size();
	}

	/**
	 * Checks everything that is kept: rows, hashes, checkpoints.
	 * @throws EvidenceMisfitException with the first record that does not fit
	 */
	public EvidenceCheck.Result verify() {
		this.writer.reading().lock();
		try {
			return verifyAll();
		}
		finally {
			this.writer.reading().unlock();
		}
	}

	private EvidenceCheck.Result verifyAll() {
		EvidenceCheck.Result result = EvidenceCheck.check(evidence(), this.keys.first());
		this.store.checkTiles(result.size());
		long rows = this.store.size();
		long size = this.writer.size();
		if (rows > size) {
			throw new EvidenceMisfitException(size, "record " + size + " is in the database but was never recorded");
		}
		return result;
	}

	/**
	 * Why records do not reach the database, though they are safe in the journal; empty
	 * if they do.
	 */
	public String failure() {
		return this.writer.failure();
	}

	/** Forgets what is older or more than the settings say; hashes and proofs stay. */
	public void applyRetention() {
		this.writer.flush();
		this.writer.applyRetention();
	}

	/** Puts everything into the database and signs a last checkpoint. */
	@Override
	public void close() {
		this.writer.close();
	}

	/** The rows in order, compared with their columns. */
	private static final class RowIterator implements Iterator<String> {

		private static final int PAGE = 1000;

		private final AuditStore store;

		private final long end;

		private long next;

		private Iterator<AuditStore.StoredRow> page = Collections.emptyIterator();

		RowIterator(AuditStore store, long end) {
			this.store = store;
			this.end = end;
			this.next = store.first() / PAGE * PAGE;
		}

		@Override
		public boolean hasNext() {
			while (!this.page.hasNext() && this.next < this.end) {
				long to = Math.min(this.next + PAGE, this.end);
				this.page = this.store.rows(this.next, to).iterator();
				this.next = to;
			}
			return this.page.hasNext();
		}

		@Override
		public String next() {
			AuditStore.StoredRow row = this.page.next();
			row.check();
			return row.text();
		}

	}

}
