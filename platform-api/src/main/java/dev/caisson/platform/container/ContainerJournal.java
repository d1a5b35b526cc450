package dev.caisson.platform.container;

import java.util.List;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.persistence.container.ContainerRecords;
import dev.caisson.persistence.container.ContainerRecords.NameTakenException;
import dev.caisson.persistence.container.RecordedState;
import dev.caisson.platform.server.BadParameterException;

import org.springframework.stereotype.Component;

/** Writes containers and their states down. What returned is on disk. */
@Component
final class ContainerJournal {

	private final ContainerRecords records;

	ContainerJournal(ContainerRecords records) {
		this.records = records;
	}

	List<ContainerRecord> all() {
		return this.records.all();
	}

	/**
	 * Writes a new container down.
	 * @throws BadParameterException if its definition is too long to be kept
	 * @throws ContainerConflictException if its name is taken
	 */
	void add(ContainerRecord container) {
		checkLength(container.definition());
		try {
			this.records.add(container);
		}
		catch (NameTakenException ex) {
			throw ContainerConflictException.nameInUse(container.name(), ownerOf(container.name()));
		}
	}

	/**
	 * Writes the present state down. One at a time for each container: or a state that
	 * was read earlier could be written later.
	 */
	void noteState(ContainerEntry entry) {
		synchronized (entry) {
			this.records.noteState(entry.id().value(), recorded(entry.state()), entry.restarts().count(),
					entry.restarts().isStoppedByClient());
		}
	}

	/**
	 * Writes the present definition down.
	 * @throws BadParameterException if it is too long to be kept
	 */
	void redefine(ContainerEntry entry, String definition) {
		checkLength(definition);
		this.records.redefine(entry.id().value(), definition);
	}

	private static void checkLength(String definition) {
		if (definition.length() > ContainerRecord.LONGEST_DEFINITION) {
			throw new BadParameterException("the definition of the container is too long: at most "
					+ ContainerRecord.LONGEST_DEFINITION + " characters can be kept");
		}
	}

	void rename(ContainerEntry entry, String name) {
		try {
			this.records.rename(entry.id().value(), name);
		}
		catch (NameTakenException ex) {
			throw ContainerConflictException.nameInUse(name, ownerOf(name));
		}
	}

	void remove(String id) {
		this.records.remove(id);
	}

	private String ownerOf(String name) {
		return this.records.all()
			.stream()
			.filter((record) -> record.name().equals(name))
			.map(ContainerRecord::id)
			.findFirst()
			.orElse("");
	}

	static RecordedState recorded(ContainerState state) {
		return new RecordedState(state.phase().name(), state.pid(), state.exitCode(), state.oomKilled(), state.error(),
				state.startedAt(), state.finishedAt());
	}

}
