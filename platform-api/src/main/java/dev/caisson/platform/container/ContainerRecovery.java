package dev.caisson.platform.container;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.Containers;
import dev.caisson.engine.container.LogSettings;
import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.persistence.health.HealthRecord;
import dev.caisson.platform.container.definition.Definition;
import dev.caisson.platform.container.definition.SpecTranslation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;

/**
 * Brings back what an earlier service knew, before the first request is answered. The
 * database says which containers there shall be, the kernel how they are.
 */
@Component
final class ContainerRecovery implements SmartInitializingSingleton {

	private static final Logger log = LoggerFactory.getLogger(ContainerRecovery.class);

	private final Containers containers;

	private final ImageStore images;

	private final ContainerRegistry registry;

	private final ContainerJournal journal;

	private final ContainerEnds ends;

	private final HealthChecks health;

	private final SpecTranslation translation;

	private final Volumes volumes;

	private final ContainerNetworks networks;

	ContainerRecovery(Containers containers, ImageStore images, ContainerRegistry registry, ContainerJournal journal,
			ContainerEnds ends, HealthChecks health, SpecTranslation translation, Volumes volumes,
			ContainerNetworks networks) {
		this.networks = networks;
		this.containers = containers;
		this.images = images;
		this.registry = registry;
		this.journal = journal;
		this.ends = ends;
		this.health = health;
		this.translation = translation;
		this.volumes = volumes;
	}

	@Override
	public void afterSingletonsInstantiated() {
		long begin = System.nanoTime();
		Map<ContainerId, ContainerRecord> records = new LinkedHashMap<>();
		Map<ContainerId, Definition> definitions = new LinkedHashMap<>();
		Map<ContainerId, LogSettings> known = new LinkedHashMap<>();
		for (ContainerRecord record : this.journal.all()) {
			ContainerId id = new ContainerId(record.id());
			Definition definition = Definition.parse(record.definition());
			records.put(id, record);
			definitions.put(id, definition);
			known.put(id, this.translation.logSettings(definition));
		}
		this.containers.recover(known);
		Map<String, HealthRecord> health = this.health.earlier();
		records.forEach((id, record) -> this.containers.find(id)
			.ifPresentOrElse((container) -> bringBack(record, definitions.get(id), container, health),
					() -> forget(record, definitions.get(id))));
		this.volumes.settle();
		if (!records.isEmpty()) {
			log.info("{} containers taken back in {} ms", records.size(), (System.nanoTime() - begin) / 1_000_000);
		}
		this.images.sweep();
	}

	private void bringBack(ContainerRecord record, Definition definition, Container container,
			Map<String, HealthRecord> health) {
		ContainerEntry entry = new ContainerEntry(record.name(), record.created(), record.image(),
				Digest.parse(record.imageId()), definition, container);
		claimImage(entry);
		this.volumes.keep(entry);
		this.registry.reserve(record.name(), container.id());
		this.registry.add(entry);
		this.networks.tellNames(entry);
		entry.restarts().restore(record.restartCount(), record.stoppedByClient());
		HealthRecord checked = health.get(record.id());
		if (checked != null) {
			this.health.resume(entry, HealthChecks.of(checked));
		}
		boolean changed = !ContainerJournal.recorded(container.state()).equals(record.state());
		if (changed) {
			log.info("container {} was {} and is {}", record.name(), record.state().phase(), container.state().phase());
		}
		this.ends.takeUp(entry, changed);
	}

	/** A container whose image is gone can be seen and removed, but not started. */
	private void claimImage(ContainerEntry entry) {
		try {
			this.images.claim(entry.imageId(), entry.id().value(), entry::isLive);
		}
		catch (ImageNotFoundException ex) {
			log.warn("the image of container {} is gone: {}", entry.name(), ex.getMessage());
		}
	}

	/** The service was killed between the two halves of a creation or a removal. */
	private void forget(ContainerRecord record, Definition definition) {
		log.info("container {} has no files: its creation or removal was interrupted", record.name());
		// a creation that nobody was told of; after a removal, volumes with data stay
		this.volumes.release(record.id(), definition, record.state().startedAt() == null);
		this.journal.remove(record.id());
	}

}
