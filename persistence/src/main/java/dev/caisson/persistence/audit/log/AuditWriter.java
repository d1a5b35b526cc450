package dev.caisson.persistence.audit.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.log.AuditStore.Row;
import dev.caisson.persistence.audit.log.AuditTree.Growth;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records, writes each to the journal before it returns, and puts them into the
 * database in batches on a thread of its own, which also signs checkpoints. Safe for use
 * by many threads.
 */
final class AuditWriter implements AutoCloseable {

	/** File of the newest checkpoint. */
	static final String CHECKPOINT = "checkpoint";

	private static final Logger log = LoggerFactory.getLogger(AuditWriter.class);

	/** Records that may wait for the database; then no more are taken. */
	private static final int BACKLOG = 20_000;

	private static final int BATCH = 1000;

	/**
	 * Milliseconds in which records gather, so that a launch does not pay for commits.
	 */
	private static final long GATHER = 50;

	private static final long RETRY = 1000;

	private static final Duration RETENTION_INTERVAL = Duration.ofHours(1);

	/** Bytes after which the other journal is written. */
	private static final long LONGEST_JOURNAL = 1 << 20;

	/** Seconds; a reader waits no longer for the database. */
	private static final long FLUSH_LIMIT = 30;

	/** A clock that is set back by less is a clock that is being disciplined. */
	private static final Duration TOLERANCE = Duration.ofSeconds(1);

	private final AuditStore store;

	private final LogKeys keys;

	private final AuditTree tree;

	private final AuditOpening.Opened opened;

	private final AuditSettings settings;

	private final Consumer<String> listener;

	private final ReentrantReadWriteLock reading = new ReentrantReadWriteLock();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition work = this.lock.newCondition();

	private final Condition progress = this.lock.newCondition();

	private final Deque<Row> queue = new ArrayDeque<>();

	private final Thread thread;

	private AuditJournal journal;

	/** The other journal is free when a checkpoint covers this many records. */
	private long otherEnd;

	private long next;

	private Instant last;

	private boolean urgent;

	private boolean closing;

	private volatile String failure = "";

	/** Nothing may be added any more: what is kept is not what was recorded. */
	private volatile String broken = "";

	private volatile long checkpointed;

	private volatile long checkpointTime = System.nanoTime();

	private long retentionTime;

	AuditWriter(AuditOpening.Opened opened, AuditSettings settings, Consumer<String> listener) {
		this.opened = opened;
		this.store = opened.store();
		this.keys = opened.keys();
		this.tree = opened.tree();
		this.settings = settings;
		this.listener = listener;
		this.next = this.tree.size();
		this.checkpointed = opened.checkpointed();
		this.last = this.store.lastTime(this.next);
		this.retentionTime = System.nanoTime() - RETENTION_INTERVAL.toNanos();
		List<AuditJournal> journals = opened.journals();
		this.journal = (journals.get(0).length() <= journals.get(1).length()) ? journals.get(0) : journals.get(1);
		this.otherEnd = this.next;
		this.thread = Thread.ofPlatform().daemon().name("audit-log").unstarted(this::run);
	}

	void start() {
		this.thread.start();
	}

	AuditRecord append(AuditEntry entry) {
		AuditRecord record;
		AuditJournal written;
		long end;
		this.lock.lock();
		try {
			checkOpen();
			Instant now = this.settings.clock().instant();
			if (now.isBefore(this.last.minus(TOLERANCE))) {
				write(clockSetBack(now), now);
			}
			record = write(entry, now);
			written = this.journal;
			end = written.length();
			exchangeJournals();
		}
		catch (IOException ex) {
			throw new AuditUnavailableException(String.valueOf(ex.getMessage()), ex);
		}
		finally {
			this.lock.unlock();
		}
		if (this.settings.fsync()) {
			sync(written, end);
		}
		return record;
	}

	private static void sync(AuditJournal written, long end) {
		try {
			written.sync(end);
		}
		catch (IOException ex) {
			throw new AuditUnavailableException("sync: " + ex.getMessage(), ex);
		}
	}

	private void checkOpen() {
		if (this.closing) {
			throw new AuditUnavailableException("the service is stopping");
		}
		if (!this.broken.isEmpty()) {
			throw new AuditUnavailableException(this.broken);
		}
		awaitRoom();
		if (this.next - this.tree.size() >= BACKLOG) {
			throw new AuditUnavailableException(
					BACKLOG + " records wait for the database, which does not take them: " + this.failure);
		}
	}

	/** More than the database can take waits, as long as it takes any. */
	private void awaitRoom() {
		try {
			long left = TimeUnit.SECONDS.toNanos(FLUSH_LIMIT);
			while (this.next - this.tree.size() >= BACKLOG && failure().isEmpty() && left > 0) {
				left = this.progress.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AuditUnavailableException("interrupted while many records wait for the database", ex);
		}
	}

	private AuditEntry clockSetBack(Instant now) {
		return new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "clock.set-back", "clock", AuditEntry.SUCCESS,
				Map.of("from", this.last.toString(), "to", now.toString()));
	}

	private AuditRecord write(AuditEntry entry, Instant now) throws IOException {
		AuditRecord record = new AuditRecord(this.next, now, entry);
		String text = record.text();
		this.journal.append(text);
		this.next++;
		this.last = now;
		this.queue.add(new Row(record, text));
		if (this.queue.size() == 1) {
			this.work.signal();
		}
		return record;
	}

	/** When this one is long and no record of the other waits for a checkpoint. */
	private void exchangeJournals() {
		if (this.journal.length() > LONGEST_JOURNAL && other().length() == 0) {
			this.otherEnd = this.next;
			this.journal = other();
			this.urgent = true;
			this.work.signal();
		}
	}

	private AuditJournal other() {
		List<AuditJournal> journals = this.opened.journals();
		return (journals.get(0) == this.journal) ? journals.get(1) : journals.get(0);
	}

	long size() {
		this.lock.lock();
		try {
			return this.next;
		}
		finally {
			this.lock.unlock();
		}
	}

	String failure() {
		return this.broken.isEmpty() ? this.failure : this.broken;
	}

	/** Returns when what was added before is in the database. */
	void flush() {
		this.lock.lock();
		try {
			long goal = this.next;
			long left = TimeUnit.SECONDS.toNanos(FLUSH_LIMIT);
			while (this.tree.size() < goal) {
				if (left <= 0 || !failure().isEmpty()) {
					throw new IllegalStateException("the database does not take the audit log: " + failure());
				}
				this.urgent = true;
				this.work.signal();
				left = this.progress.awaitNanos(left);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while the audit log is read", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void run() {
		for (List<Row> batch = take(); batch != null; batch = take()) {
			try {
				persist(batch);
				checkpointIfDue();
				freeJournal();
				retainIfDue();
			}
			catch (RuntimeException | IOException ex) {
				fail(ex);
			}
		}
	}

	/** Waits for records, or for what is due; null is the end. */
	private @Nullable List<Row> take() {
		this.lock.lock();
		try {
			if (this.queue.isEmpty() && !this.closing && !this.urgent) {
				this.work.await(untilCheckpoint(), TimeUnit.MILLISECONDS);
			}
			for (long left = TimeUnit.MILLISECONDS.toNanos(GATHER); left > 0 && isCalm();) {
				left = this.work.awaitNanos(left);
			}
			this.urgent = false;
			List<Row> batch = new ArrayList<>(this.queue.stream().limit(BATCH).toList());
			return (batch.isEmpty() && this.closing) ? null : batch;
		}
		catch (InterruptedException ex) {
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isCalm() {
		return !this.urgent && !this.closing && !this.queue.isEmpty() && this.queue.size() < BATCH;
	}

	private long untilCheckpoint() {
		long interval = this.settings.checkpointInterval().toMillis();
		long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.checkpointTime);
		return (this.tree.size() > this.checkpointed) ? Math.max(interval - passed, 1) : RETENTION_INTERVAL.toMillis();
	}

	private void persist(List<Row> batch) {
		if (!batch.isEmpty()) {
			if (!this.failure.isEmpty()) {
				batch.removeIf(this::isThere);
			}
			Growth growth = this.tree.plan(batch.stream().map((row) -> AuditRecord.leaf(row.text())).toList());
			this.store.add(batch, growth.tiles());
			this.failure = "";
			this.lock.lock();
			try {
				this.tree.apply(growth);
				batch.forEach((_) -> this.queue.removeFirst());
				this.progress.signalAll();
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/** A commit of which the answer was lost may have been done, wholly or not at all. */
	private boolean isThere(Row row) {
		List<AuditStore.StoredRow> found = this.store.rows(row.record().sequence(), row.record().sequence() + 1);
		if (found.isEmpty()) {
			return false;
		}
		if (!found.getFirst().text().equals(row.text())) {
			this.broken = "record " + row.record().sequence() + " in the database is not the one that was recorded";
			throw new AuditDamagedException(this.broken);
		}
		Growth growth = this.tree.plan(List.of(AuditRecord.leaf(row.text())));
		this.lock.lock();
		try {
			this.tree.apply(growth);
			this.queue.removeFirst();
			this.progress.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		return true;
	}

	private void fail(Exception ex) {
		if (this.failure.isEmpty()) {
			log.error("the audit log waits in its journal, for the database does not take it: {}", ex.toString());
		}
		this.failure = String.valueOf(ex.getMessage());
		this.lock.lock();
		try {
			this.progress.signalAll();
			if (!this.closing) {
				this.work.await(RETRY, TimeUnit.MILLISECONDS);
			}
			else {
				// what could not be put into the database waits in the journal
				this.queue.clear();
			}
		}
		catch (InterruptedException interrupted) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void checkpointIfDue() {
		if (this.tree.size() > this.checkpointed && untilCheckpoint() <= 1) {
			checkpoint();
		}
	}

	/** The newest checkpoint; signs one if there is news. */
	synchronized String checkpoint() {
		if (this.tree.size() > this.checkpointed || this.store.checkpoint().isEmpty()) {
			return sign();
		}
		return this.store.checkpoint().orElseThrow();
	}

	/** Signs one, for a new key is news. */
	void forceCheckpoint() {
		append(new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "audit.key.rotated", "audit", AuditEntry.SUCCESS,
				Map.of("key", this.keys.verifier().toString())));
		flush();
		checkpoint();
	}

	/** It must not survive a loss of power that what it covers does not survive. */
	private String sign() {
		this.store.sync();
		long size = this.tree.size();
		String note = this.keys.sign(size, this.tree.root(size)).encoded();
		this.store.addCheckpoint(size, this.settings.clock().instant(), note);
		try {
			AuditJournal.replace(this.settings.directory().resolve(CHECKPOINT), note);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write the checkpoint", ex);
		}
		this.checkpointed = size;
		this.checkpointTime = System.nanoTime();
		this.listener.accept(note);
		return note;
	}

	private void freeJournal() throws IOException {
		if (other().length() > 0 && this.tree.size() >= this.otherEnd) {
			checkpoint();
			other().clear();
		}
	}

	private void retainIfDue() {
		if (!this.closing && System.nanoTime() - this.retentionTime >= RETENTION_INTERVAL.toNanos()) {
			this.retentionTime = System.nanoTime();
			if (this.reading.writeLock().tryLock()) {
				try {
					forgetOldest();
				}
				finally {
					this.reading.writeLock().unlock();
				}
			}
		}
	}

	void applyRetention() {
		this.reading.writeLock().lock();
		try {
			forgetOldest();
		}
		finally {
			this.reading.writeLock().unlock();
		}
	}

	/** Nothing is forgotten while somebody reads all of it. */
	ReentrantReadWriteLock.ReadLock reading() {
		return this.reading.readLock();
	}

	private void forgetOldest() {
		if (this.settings.retentionAge().isZero() && this.settings.retentionBytes() == 0) {
			return;
		}
		Instant oldest = this.settings.retentionAge().isZero() ? Instant.EPOCH
				: this.settings.clock().instant().minus(this.settings.retentionAge());
		long kept = this.store.firstKept(AuditStore.nanos(oldest), this.settings.retentionBytes(), this.tree.size());
		if (kept > this.store.first()) {
			append(new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", LogEvidence.RETENTION, "audit", AuditEntry.SUCCESS,
					Map.of(LogEvidence.BEFORE, kept)));
			this.store.removeBefore(kept);
		}
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			if (this.closing) {
				return;
			}
			this.closing = true;
			this.work.signal();
		}
		finally {
			this.lock.unlock();
		}
		try {
			this.thread.join();
			if (failure().isEmpty()) {
				checkpoint();
				clearJournals();
			}
			for (AuditJournal each : this.opened.journals()) {
				each.close();
			}
			AuditStore.release(this.opened.hold());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException | RuntimeException ex) {
			log.error("the audit log was not closed in order; its journal has what is missing", ex);
		}
	}

	private void clearJournals() throws IOException {
		for (AuditJournal each : this.opened.journals()) {
			each.clear();
		}
	}

}
