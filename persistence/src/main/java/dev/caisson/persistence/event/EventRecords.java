package dev.caisson.persistence.event;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The events of the database. What a method has returned from is on disk. Safe for use by
 * many threads.
 */
@Component
public class EventRecords {

	private final EventRepository repository;

	private final JdbcAggregateOperations aggregates;

	private final TransactionTemplate transaction;

	EventRecords(EventRepository repository, JdbcAggregateOperations aggregates, PlatformTransactionManager manager) {
		this.repository = repository;
		this.aggregates = aggregates;
		this.transaction = new TransactionTemplate(manager);
	}

	/** Adds events, all or none. */
	public void add(List<EventRecord> events) {
		this.transaction.executeWithoutResult((_) -> this.aggregates.insertAll(events));
	}

	/** The first of those after a place in the order, which is 0 for all. */
	public List<EventRecord> after(long sequence, int limit) {
		return this.repository.findAfter(sequence, limit);
	}

	/** The place of the first that did not happen before a time; empty if all did. */
	public Optional<Long> firstSince(Instant time) {
		return Optional.ofNullable(this.repository.firstSince(time));
	}

	public Optional<EventRecord> last() {
		return Optional.ofNullable(this.repository.last());
	}

	/** The last of some actions of an actor. */
	public Optional<EventRecord> latest(String actor, Set<String> actions) {
		return Optional.ofNullable(this.repository.latest(actor, actions));
	}

	/** Forgets what is at this place or before it. */
	public void removeUntil(long sequence) {
		this.repository.deleteUntil(sequence);
	}

}
