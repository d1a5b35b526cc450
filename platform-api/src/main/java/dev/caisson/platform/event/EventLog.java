package dev.caisson.platform.event;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import dev.caisson.persistence.event.EventRecords;
import dev.caisson.platform.CaissonSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Everything that happened, in one order, kept across restarts. <pre>
 *   publish --> spool (a write) --> memory (the latest) --> database (in batches)
 * </pre> An event that {@link #publish} has returned from survives the death of this
 * process. Readers keep nothing but their place in the order, so a slow one costs no
 * memory. Safe for use by many threads.
 */
@Component
public final class EventLog implements AutoCloseable {

	/** How many are kept in the database. */
	static final int HISTORY = 100_000;

	private static final Logger log = LoggerFactory.getLogger(EventLog.class);

	/** How many are kept in memory when they are in the database too, and if not. */
	private static final int RECENT = 1024, MOST_RECENT = 1 << 16;

	/** So many are written or dropped at once. */
	private static final int BATCH = 1000;

	/** How long events wait for company before they are written. */
	private static final long GATHERING_MILLIS = 200;

	/** How long after a failure the next attempt is made. */
	private static final long RETRY_MILLIS = 10_000;

	/** Bytes from which on the spool is emptied when all is in the database. */
	private static final long LONGEST_SPOOL = 256 << 10;

	private final EventRecords records;

	private final Clock clock = Clock.systemUTC();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition published = this.lock.newCondition();

	/** Guarded by the lock, as is what follows. */
	private final EventSpool spool;

	private final Deque<Event> recent = new ArrayDeque<>();

	private Instant lastTime = Instant.EPOCH;

	private long last;

	private long inDatabase;

	private boolean closed;

	private final Thread writer;

	EventLog(EventRecords records, CaissonSettings settings) {
		this.records = records;
		this.spool = new EventSpool(settings.dataRoot().resolve("db").resolve("events.spool"));
		recover();
		this.writer = Thread.ofVirtual().name("event-writer").start(this::write);
	}

	/** What was published and is not in the database yet comes back. */
	private void recover() {
		this.records.last().ifPresent((record) -> {
			this.last = record.sequence();
			this.lastTime = record.happened();
		});
		this.inDatabase = this.last;
		for (Event event : this.spool.read()) {
			if (event.sequence() > this.last) {
				this.recent.add(event);
				this.last = event.sequence();
				this.lastTime = event.time();
			}
		}
	}

	/**
	 * Notes that something has happened. Takes microseconds.
	 * @param type of what it happened to, in Docker's word
	 * @param action what happened, in Docker's words
	 * @param actorId to whom
	 * @param attributes of the actor and of what happened
	 */
	public void publish(String type, String action, String actorId, Map<String, String> attributes) {
		this.lock.lock();
		try {
			Event event = new Event(this.last + 1, now(), type, action, actorId, attributes);
			this.spool.append(event);
			this.last = event.sequence();
			this.lastTime = event.time();
			this.recent.add(event);
			forgetOldest();
			this.published.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Never twice the same, so that a client can go on after the last it has seen. */
	private Instant now() {
		Instant now = this.clock.instant();
		return now.isAfter(this.lastTime) ? now : this.lastTime.plusNanos(1);
	}

	private void forgetOldest() {
		while (this.recent.size() > MOST_RECENT
				|| (this.recent.size() > RECENT && this.recent.element().sequence() <= this.inDatabase)) {
			this.recent.remove();
		}
	}

	/** The place of the latest event in the order. */
	public long last() {
		this.lock.lock();
		try {
			return this.last;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The last of some actions of an actor, as far as history goes back. */
	public Optional<Event> latest(String actorId, Set<String> actions) {
		return latestRecent(actorId, actions).or(() -> this.records.latest(actorId, actions).map(EventForm::event));
	}

	private Optional<Event> latestRecent(String actorId, Set<String> actions) {
		this.lock.lock();
		try {
			return this.recent.stream()
				.filter((event) -> event.actorId().equals(actorId) && actions.contains(event.action()))
				.reduce((_, later) -> later);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The place in the order before the first event that did not happen before a time.
	 */
	long before(Instant time) {
		return this.records.firstSince(time).map((first) -> first - 1).orElseGet(() -> beforeRecent(time));
	}

	private long beforeRecent(Instant time) {
		this.lock.lock();
		try {
			return this.recent.stream()
				.filter((event) -> !event.time().isBefore(time))
				.findFirst()
				.map((event) -> event.sequence() - 1)
				.orElse(this.last);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What comes after a place in the order, at most some hundred events.
	 * @return nothing if there is nothing yet
	 */
	public List<Event> after(long sequence) {
		List<Event> recently = recentAfter(sequence, false);
		if (recently != null) {
			return recently;
		}
		List<Event> earlier = this.records.after(sequence, BATCH).stream().map(EventForm::event).toList();
		return !earlier.isEmpty() ? earlier : Objects.requireNonNull(recentAfter(sequence, true));
	}

	/** Null if some are not in memory any more. */
	private @Nullable List<Event> recentAfter(long sequence, boolean evenSo) {
		this.lock.lock();
		try {
			boolean all = this.recent.isEmpty() ? this.last <= sequence
					: this.recent.element().sequence() <= sequence + 1;
			return (all || evenSo)
					? this.recent.stream().filter((event) -> event.sequence() > sequence).limit(BATCH).toList() : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until there is something after a place in the order. The thread must not be
	 * interrupted to end that, for H2 closes its file when a thread is interrupted that
	 * reads it.
	 * @param deadline null is for ever
	 * @param givenUp whether to wait no longer, asked again after each {@link #wake}
	 * @return false if there is nothing and there is no use in waiting
	 */
	public boolean await(long sequence, @Nullable Instant deadline, BooleanSupplier givenUp) {
		this.lock.lock();
		try {
			while (this.last <= sequence && !this.closed && !givenUp.getAsBoolean()) {
				long left = (deadline != null) ? this.clock.instant().until(deadline, ChronoUnit.NANOS)
						: Long.MAX_VALUE;
				if (left <= 0) {
					return false;
				}
				pause(left);
			}
			return this.last > sequence && !givenUp.getAsBoolean();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void pause(long nanos) {
		try {
			this.published.await(nanos, TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("who waits for events must not be interrupted", ex);
		}
	}

	/** Makes those who wait ask whether they shall. */
	public void wake() {
		this.lock.lock();
		try {
			this.published.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void write() {
		while (await(this.inDatabase, null, () -> this.closed)) {
			gather(GATHERING_MILLIS);
			if (!writeBatch()) {
				gather(RETRY_MILLIS);
			}
		}
	}

	private void gather(long millis) {
		Instant end = this.clock.instant().plusMillis(millis);
		while (await(Long.MAX_VALUE, end, () -> this.closed)) {
			// only the end of the time, or of all, ends this
		}
	}

	/** Whether there was something to be written, and it is. */
	private boolean writeBatch() {
		List<Event> batch = Objects.requireNonNull(recentAfter(this.inDatabase, true));
		if (batch.isEmpty()) {
			return false;
		}
		try {
			this.records.add(batch.stream().map(EventForm::record).toList());
			long until = batch.getLast().sequence();
			dropHistory(until);
			written(until);
			return true;
		}
		catch (DataAccessException | TransactionException ex) {
			log.error("events cannot be written to the database; they are kept in {}", "events.spool", ex);
			return false;
		}
	}

	private void dropHistory(long until) {
		if (until / BATCH != this.inDatabase / BATCH && until > HISTORY) {
			this.records.removeUntil(until - HISTORY);
		}
	}

	private void written(long until) {
		this.lock.lock();
		try {
			this.inDatabase = until;
			if (until == this.last && this.spool.length() > LONGEST_SPOOL) {
				this.spool.clear();
			}
			forgetOldest();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Ends what follows, and writes everything down. */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.published.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		joinWriter();
		while (writeBatch()) {
			// the next one
		}
		this.spool.close();
	}

	private void joinWriter() {
		try {
			this.writer.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
