package dev.caisson.persistence.health;

import java.util.List;

import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.stereotype.Component;

/**
 * The containers' health in the database. What a method has returned from is on disk. One
 * thread at a time for each container.
 */
@Component
public class HealthRecords {

	private final HealthRepository repository;

	private final JdbcAggregateOperations aggregates;

	HealthRecords(HealthRepository repository, JdbcAggregateOperations aggregates) {
		this.repository = repository;
		this.aggregates = aggregates;
	}

	public List<HealthRecord> all() {
		return this.repository.findAll();
	}

	/** Writes it over what was known of the container. */
	public void note(HealthRecord health) {
		if (!this.repository.update(health.container(), health.status(), health.failingStreak(), health.log())) {
			this.aggregates.insert(health);
		}
	}

	/** Forgets it; safe to repeat. */
	public void remove(String container) {
		this.repository.delete(container);
	}

}
