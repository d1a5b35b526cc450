package dev.caisson.engine.image;

/** One thing that a removal took away, in the order in which it happened. */
public sealed interface Removal {

	/**
	 * A name was taken from an image.
	 *
	 * @param reference the name, with tag or digest
	 */
	record Untagged(ImageReference reference) implements Removal {

	}

	/**
	 * An image, or a layer that no other image has, is gone.
	 *
	 * @param digest the image's id, or the layer's chain id
	 */
	record Deleted(Digest digest) implements Removal {

	}

}
