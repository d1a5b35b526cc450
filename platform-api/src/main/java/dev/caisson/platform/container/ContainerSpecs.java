package dev.caisson.platform.container;

import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.platform.container.definition.SpecTranslation;

import org.springframework.stereotype.Component;

/** What containers are started with: their definitions in the engine's words. */
@Component
final class ContainerSpecs {

	private final SpecTranslation translation;

	private final ImageStore images;

	ContainerSpecs(SpecTranslation translation, ImageStore images) {
		this.translation = translation;
		this.images = images;
	}

	/** Its image cannot go while the container is there. */
	ContainerSpec of(ContainerEntry entry) {
		return this.translation.specify(entry.id(), entry.name(), entry.definition(),
				this.images.layers(entry.imageId()));
	}

}
