package dev.caisson.platform.container;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * All containers, and who has which name. A name is taken before its container is made,
 * so that of two who want it one is refused before anything happens. Safe for use by many
 * threads.
 */
@Component
final class ContainerRegistry {

	private final ConcurrentMap<String, ContainerEntry> entries = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, ContainerId> names = new ConcurrentHashMap<>();

	/**
	 * Takes a name.
	 * @throws ContainerConflictException if another container has it
	 */
	void reserve(String name, ContainerId id) {
		ContainerId owner = this.names.putIfAbsent(name, id);
		if (owner != null) {
			throw ContainerConflictException.nameInUse(name, owner.value());
		}
	}

	void release(String name, ContainerId id) {
		this.names.remove(name, id);
	}

	boolean isTaken(String name) {
		return this.names.containsKey(name);
	}

	/** Adds one whose name is reserved. */
	void add(ContainerEntry entry) {
		this.entries.put(entry.id().value(), entry);
	}

	void remove(ContainerEntry entry) {
		this.entries.remove(entry.id().value());
		release(entry.name(), entry.id());
	}

	Collection<ContainerEntry> all() {
		return this.entries.values();
	}

	/**
	 * Finds a container by its id, its name with or without a slash, or the beginning of
	 * its id, in this order.
	 * @throws NoSuchContainerException if there is none
	 * @throws BadParameterException if it is the beginning of several ids
	 */
	ContainerEntry find(String reference) {
		ContainerEntry exact = this.entries.get(reference);
		if (exact == null) {
			exact = byName(reference.startsWith("/") ? reference.substring(1) : reference);
		}
		return (exact != null) ? exact : byPrefix(reference);
	}

	Optional<ContainerEntry> find(ContainerId id) {
		return Optional.ofNullable(this.entries.get(id.value()));
	}

	private @Nullable ContainerEntry byName(String name) {
		ContainerId id = this.names.get(name);
		return (id != null) ? this.entries.get(id.value()) : null;
	}

	private ContainerEntry byPrefix(String prefix) {
		List<ContainerEntry> matches = prefix.isEmpty() ? List.of()
				: this.entries.values().stream().filter((entry) -> entry.id().value().startsWith(prefix)).toList();
		if (matches.size() > 1) {
			throw new BadParameterException("multiple IDs found with provided prefix: " + prefix);
		}
		if (matches.isEmpty()) {
			throw new NoSuchContainerException(prefix);
		}
		return matches.getFirst();
	}

}
