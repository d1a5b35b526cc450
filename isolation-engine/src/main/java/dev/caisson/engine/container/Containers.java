package dev.caisson.engine.container;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import dev.caisson.engine.spec.ContainerId;

/** The containers of this host. Safe for use by many threads. */
public final class Containers implements AutoCloseable {

	/** Makes the directories of a new container; nothing runs yet. */
	public Container create(ContainerId id, LogSettings log) {
		throw new UnsupportedOperationException();
	}

	public Optional<Container> find(ContainerId id) {
		throw new UnsupportedOperationException();
	}

	public Collection<Container> all() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Takes back what an earlier service left: running containers get their streams and
	 * exit status again, ended ones their state, unknown ones are removed with all they
	 * hold.
	 * @param known the containers that shall exist
	 */
	public void recover(Map<ContainerId, LogSettings> known) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Tells of every end of a run, on a thread of its own, before {@code exit} completes.
	 */
	public void onExit(Consumer<Container> listener) {
		throw new UnsupportedOperationException();
	}

	/** Lets go of everything; containers run on. */
	@Override
	public void close() {
		throw new UnsupportedOperationException();
	}

}
