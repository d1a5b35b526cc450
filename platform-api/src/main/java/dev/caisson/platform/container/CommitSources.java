package dev.caisson.platform.container;

import org.springframework.stereotype.Component;

/** Finds the containers of which images are made. Safe for use by many threads. */
@Component
public final class CommitSources {

	private final ContainerRegistry registry;

	private final ContainerEvents events;

	CommitSources(ContainerRegistry registry, ContainerEvents events) {
		this.registry = registry;
		this.events = events;
	}

	/**
	 * By name, id or the beginning of an id.
	 * @throws NoSuchContainerException if there is none
	 * @throws ContainerConflictException if it is being removed
	 */
	public CommitSource find(String reference) {
		ContainerEntry entry = this.registry.find(reference);
		if (entry.isRemoving()) {
			throw new ContainerConflictException(
					"You cannot commit container " + reference + " which is being removed");
		}
		return new CommitSource(entry, this.events);
	}

}
