package dev.caisson.engine.image;

/** What happens while an archive is loaded, in order. */
public sealed interface LoadEvent {

	/**
	 * A layer is being unpacked.
	 *
	 * @param layer twelve digits to tell it from the others
	 * @param current bytes of it read so far, as stored in the archive
	 * @param total bytes of it in the archive
	 */
	record LayerProgress(String layer, long current, long total) implements LoadEvent {

	}

	/**
	 * A tag that belonged to another image belongs to the loaded one now.
	 *
	 * @param tag the tag
	 * @param previous the image that has lost it
	 */
	record TagMoved(ImageReference tag, Digest previous) implements LoadEvent {

	}

	/**
	 * The image is in the store under this name.
	 *
	 * @param tag the name
	 * @param image the image's id
	 */
	record Loaded(ImageReference tag, Digest image) implements LoadEvent {

	}

	/**
	 * An image for which the archive has no name is in the store.
	 *
	 * @param image the image's id
	 */
	record LoadedUnnamed(Digest image) implements LoadEvent {

	}

}
