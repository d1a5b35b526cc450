package dev.caisson.platform.container;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.caisson.engine.image.AmbiguousImageException;
import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.InvalidReferenceException;

/** Tells which images are made of others: the layers of those are their lowest. */
final class ImageDescendants {

	private final ImageStore images;

	ImageDescendants(ImageStore images) {
		this.images = images;
	}

	/** The image itself and those made of it; none if there is no such image. */
	Predicate<Digest> of(String reference) {
		try {
			Digest ancestor = this.images.find(reference).id();
			List<Path> lowest = this.images.layers(ancestor);
			Map<Digest, Boolean> known = new HashMap<>(Map.of(ancestor, true));
			return (image) -> known.computeIfAbsent(image, (_) -> isMadeOf(lowest, image));
		}
		catch (ImageNotFoundException | InvalidReferenceException | AmbiguousImageException ex) {
			return (_) -> false;
		}
	}

	private boolean isMadeOf(List<Path> lowest, Digest image) {
		try {
			List<Path> layers = this.images.layers(image);
			return !lowest.isEmpty() && layers.size() > lowest.size()
					&& layers.subList(0, lowest.size()).equals(lowest);
		}
		catch (ImageNotFoundException ex) {
			return false;
		}
	}

}
