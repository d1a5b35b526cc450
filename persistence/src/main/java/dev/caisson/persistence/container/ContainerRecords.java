package dev.caisson.persistence.container;

import java.util.List;
import java.util.Optional;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.jdbc.core.JdbcAggregateOperations;
import org.springframework.data.relational.core.conversion.DbActionExecutionException;
import org.springframework.stereotype.Component;

/**
 * The containers of the database. What a method has returned from is on disk. Safe for
 * use by many threads.
 */
@Component
public class ContainerRecords {

	private final ContainerRepository repository;

	private final JdbcAggregateOperations aggregates;

	ContainerRecords(ContainerRepository repository, JdbcAggregateOperations aggregates) {
		this.repository = repository;
		this.aggregates = aggregates;
	}

	/**
	 * Adds a container.
	 * @throws NameTakenException if another one has the name
	 */
	public void add(ContainerRecord container) {
		try {
			// save() would ask first whether the id is known: the id is ours, so it is
			// not
			this.aggregates.insert(container);
		}
		catch (DuplicateKeyException ex) {
			throw new NameTakenException(container.name(), ex);
		}
		catch (DbActionExecutionException ex) {
			if (ex.getCause() instanceof DuplicateKeyException) {
				throw new NameTakenException(container.name(), ex);
			}
			throw ex;
		}
	}

	/** All of them, the oldest first. */
	public List<ContainerRecord> all() {
		return this.repository.findAllByOrderByCreated();
	}

	public Optional<ContainerRecord> find(String id) {
		return this.repository.findById(id);
	}

	/**
	 * Notes a state, and how its restarts go.
	 * @return false if there is no such container
	 */
	public boolean noteState(String id, RecordedState state, int restartCount, boolean stoppedByClient) {
		return this.repository.updateState(id, state.phase(), state.pid(), state.exitCode(), state.oomKilled(),
				state.error(), state.startedAt(), state.finishedAt(), restartCount, stoppedByClient);
	}

	/**
	 * Changes what was asked for.
	 * @return false if there is no such container
	 */
	public boolean redefine(String id, String definition) {
		return this.repository.updateDefinition(id, definition);
	}

	/**
	 * Gives it another name.
	 * @return false if there is no such container
	 * @throws NameTakenException if another one has the name
	 */
	public boolean rename(String id, String name) {
		try {
			return this.repository.updateName(id, name);
		}
		catch (DuplicateKeyException ex) {
			throw new NameTakenException(name, ex);
		}
	}

	/** Forgets it; safe to repeat. */
	public void remove(String id) {
		this.repository.deleteById(id);
	}

	/** The name belongs to another container. */
	public static final class NameTakenException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final String name;

		NameTakenException(String name, Throwable cause) {
			super("the name " + name + " is taken", cause);
			this.name = name;
		}

		public String name() {
			return this.name;
		}

	}

}
