package dev.caisson.persistence.volume;

import java.util.List;

import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.stereotype.Component;

/**
 * The volumes of the database. What a method has returned from is on disk. Safe for use
 * by many threads.
 */
@Component
public class VolumeRecords {

	private final VolumeRepository repository;

	private final JdbcAggregateOperations aggregates;

	VolumeRecords(VolumeRepository repository, JdbcAggregateOperations aggregates) {
		this.repository = repository;
		this.aggregates = aggregates;
	}

	/** Adds one that is not there. */
	public void add(VolumeRecord volume) {
		// save() would ask first whether the name is known
		this.aggregates.insert(volume);
	}

	/** All of them, sorted by name. */
	public List<VolumeRecord> all() {
		return this.repository.findAllByOrderByName();
	}

	/** Forgets it; safe to repeat. */
	public void remove(String name) {
		this.repository.deleteByName(name);
	}

}
