package dev.caisson.platform.container;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.container.Containers;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.platform.container.definition.Definition;
import dev.caisson.platform.container.definition.SpecTranslation;
import dev.caisson.platform.container.definition.UpdateRequest;

import org.springframework.stereotype.Component;

/** Changes the limits and the restart policy of containers that exist, running or not. */
@Component
final class ContainerUpdates {

	private final ContainerJournal journal;

	private final ContainerEvents events;

	private final ImageStore images;

	private final Containers containers;

	private final SpecTranslation translation;

	ContainerUpdates(ContainerJournal journal, ContainerEvents events, ImageStore images, Containers containers,
			SpecTranslation translation) {
		this.journal = journal;
		this.events = events;
		this.images = images;
		this.containers = containers;
		this.translation = translation;
	}

	/**
	 * Makes the changes: in the kernel if it runs, and in its definition. If the kernel
	 * refuses one, none is made.
	 * @return what the host leaves out: sentences for the client
	 */
	List<String> update(ContainerEntry entry, UpdateRequest request) {
		entry.transition().lock();
		try {
			check(entry, request);
			Definition before = entry.definition();
			Definition after = request.applyTo(before);
			ContainerSpec spec = specify(entry, after);
			List<String> warnings = new ArrayList<>(this.containers.check(spec));
			limit(entry, spec, before);
			this.journal.redefine(entry, after.toJson());
			entry.redefine(after);
			this.events.publish(entry, "update");
			return warnings;
		}
		finally {
			entry.transition().unlock();
		}
	}

	private static void check(ContainerEntry entry, UpdateRequest request) {
		String conflict = entry.isRemoving() ? "container is marked for removal and cannot be \"update\""
				: request.conflict(entry.definition().hostConfig());
		if (conflict != null) {
			throw new ContainerConflictException("Cannot update container " + entry.id() + ": " + conflict);
		}
	}

	private ContainerSpec specify(ContainerEntry entry, Definition definition) {
		return this.translation.specify(entry.id(), entry.name(), definition, this.images.layers(entry.imageId()));
	}

	private void limit(ContainerEntry entry, ContainerSpec spec, Definition before) {
		try {
			entry.container().update(spec.resources());
		}
		catch (RuntimeException ex) {
			try {
				entry.container().update(specify(entry, before).resources());
			}
			catch (RuntimeException again) {
				ex.addSuppressed(again);
			}
			throw new UpdateFailedException(entry, ex);
		}
	}

}
