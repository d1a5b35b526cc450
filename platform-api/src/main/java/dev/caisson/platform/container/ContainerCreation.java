package dev.caisson.platform.container;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.Containers;
import dev.caisson.engine.container.LogSettings;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.image.trust.ImageTrust;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.platform.server.BadParameterException;
import dev.caisson.platform.container.definition.CreateRequest;
import dev.caisson.platform.container.definition.Definition;
import dev.caisson.platform.container.definition.SpecTranslation;
import dev.caisson.platform.volume.VolumeName;

import org.springframework.stereotype.Component;

/**
 * Creates containers: everything is checked before anything is made, and what was made is
 * undone if a later step fails.
 */
@Component
final class ContainerCreation {

	private final ImageStore images;

	private final Containers containers;

	private final ContainerRegistry registry;

	private final ContainerJournal journal;

	private final ContainerEvents events;

	private final SpecTranslation translation;

	private final Volumes volumes;

	private final ImageTrust trust;

	ContainerCreation(ImageStore images, Containers containers, ContainerRegistry registry, ContainerJournal journal,
			ContainerEvents events, SpecTranslation translation, Volumes volumes, ImageTrust trust) {
		this.images = images;
		this.containers = containers;
		this.registry = registry;
		this.journal = journal;
		this.events = events;
		this.translation = translation;
		this.volumes = volumes;
		this.trust = trust;
	}

	Created create(String requestedName, CreateRequest request) {
		return create(ContainerId.random(), requestedName, request);
	}

	/**
	 * @param id not in use, known to whoever wants to find the container after a crash
	 */
	Created create(ContainerId id, String requestedName, CreateRequest request) {
		String name = requestedName.isEmpty() ? ContainerNames.generate(this.registry::isTaken)
				: ContainerNames.check(requestedName);
		Image image = this.images.find(request.config().image());
		this.trust.admit(image);
		Definition definition = this.translation.define(request, image.config(), VolumeName::generate);
		ContainerSpec spec = specify(id, name, definition, image);
		HostChecks.check(spec);
		List<String> warnings = new ArrayList<>(this.containers.check(spec));
		warnings.addAll(this.translation.warnings(definition));
		LogSettings log = this.translation.logSettings(definition);
		make(id, name, image, definition, log);
		return new Created(id, warnings);
	}

	/** A 404 would make the client look for the image. */
	private ContainerSpec specify(ContainerId id, String name, Definition definition, Image image) {
		try {
			return this.translation.specify(id, name, definition, this.images.layers(image.id()));
		}
		catch (NoSuchContainerException ex) {
			throw new BadParameterException(ex.getMessage());
		}
	}

	private void make(ContainerId id, String name, Image image, Definition definition, LogSettings log) {
		Instant created = Clock.systemUTC().instant();
		Deque<Runnable> undo = new ArrayDeque<>();
		try {
			// from here on nobody can take the image away
			this.images.claim(image.id(), id.value(), () -> isLive(id));
			undo.push(() -> this.images.release(id.value()));
			this.registry.reserve(name, id);
			undo.push(() -> this.registry.release(name, id));
			this.journal
				.add(new ContainerRecord(id.value(), name, created, definition.config().image(), image.id().toString(),
						definition.toJson(), ContainerJournal.recorded(ContainerState.CREATED), 0, false));
			undo.push(() -> this.journal.remove(id.value()));
			undo.push(() -> this.volumes.release(id.value(), definition, true));
			this.volumes.make(id.value(), definition);
			Container container = this.containers.create(id, log);
			undo.push(container::remove);
			this.volumes.fill(container, definition, this.images.layers(image.id()));
			ContainerEntry entry = new ContainerEntry(name, created, definition.config().image(), image.id(),
					definition, container);
			this.registry.add(entry);
			this.events.publish(entry, "create");
		}
		catch (RuntimeException ex) {
			for (Runnable step : undo) {
				attempt(step, ex);
			}
			throw ex;
		}
	}

	private boolean isLive(ContainerId id) {
		return this.registry.find(id).map(ContainerEntry::isLive).orElse(false);
	}

	private static void attempt(Runnable step, RuntimeException failure) {
		try {
			step.run();
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

	/**
	 * A container that was created.
	 *
	 * @param id its id
	 * @param warnings what the client should know
	 */
	record Created(ContainerId id, List<String> warnings) {
	}

}
