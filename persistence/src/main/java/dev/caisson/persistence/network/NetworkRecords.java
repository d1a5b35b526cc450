package dev.caisson.persistence.network;

import java.util.List;

import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.stereotype.Component;

/**
 * The networks of the database. What a method has returned from is on disk. Safe for use
 * by many threads.
 */
@Component
public class NetworkRecords {

	private final NetworkRepository repository;

	private final JdbcAggregateOperations aggregates;

	NetworkRecords(NetworkRepository repository, JdbcAggregateOperations aggregates) {
		this.repository = repository;
		this.aggregates = aggregates;
	}

	/**
	 * Adds a network.
	 * @throws org.springframework.dao.DataAccessException if another one has the name
	 */
	public void add(NetworkRecord network) {
		this.aggregates.insert(network);
	}

	/** All of them, the oldest first. */
	public List<NetworkRecord> all() {
		return this.repository.findAllByOrderByCreated();
	}

	/** Forgets it; safe to repeat. */
	public void remove(String id) {
		this.repository.deleteById(id);
	}

}
