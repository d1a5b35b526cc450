package dev.caisson.engine.image;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What there is to count of the images, as they are when it is asked. Thread-safe. */
public final class ImageFigures {

	private final ImageCatalog catalog;

	ImageFigures(ImageCatalog catalog) {
		this.catalog = catalog;
	}

	/** The image that one was made on top of, if it was made here. */
	public Optional<Digest> parent(Digest image) {
		return Optional.ofNullable(this.catalog.index().parents.get(image));
	}

	/** Bytes of those layers of an image that others have, too. */
	public long sharedSize(Image image) {
		ImageIndex index = this.catalog.index();
		Set<Digest> others = new HashSet<>();
		for (Digest other : index.images.keySet()) {
			if (!other.equals(image.id())) {
				others.addAll(this.catalog.config(other).diffIds());
			}
		}
		return image.diffIds().stream().filter(others::contains).mapToLong((layer) -> size(index, layer)).sum();
	}

	private static long size(ImageIndex index, Digest layer) {
		ImageIndex.KnownLayer known = index.layers.get(layer);
		return (known != null) ? known.size() : 0;
	}

	/** Bytes of all layers, each counted once. */
	public long layersSize() {
		return this.catalog.index().layers.values().stream().mapToLong(ImageIndex.KnownLayer::size).sum();
	}

}
