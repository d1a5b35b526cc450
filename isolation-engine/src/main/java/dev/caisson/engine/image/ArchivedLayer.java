package dev.caisson.engine.image;

import org.jspecify.annotations.Nullable;

/** What became of a member of an archive that may be a layer. */
sealed interface ArchivedLayer {

	/**
	 * Unpacked, and not yet in the store.
	 *
	 * @param name what the member's name says about it, or null
	 * @param blob digest of the layer as stored in the archive
	 * @param diffId digest of its uncompressed archive
	 * @param size bytes of its files
	 * @param partial where they are
	 * @param recipe how its archive is made again from them
	 * @param kept the layer as stored, or null if it need not be kept: uncompressed it
	 * can be made again from its files
	 */
	record Unpacked(@Nullable LayerName name, Digest blob, Digest diffId, long size, PartialLayer partial,
			PartialBlob recipe, @Nullable PartialBlob kept) implements ArchivedLayer {

	}

	/**
	 * In the store already, and not read.
	 *
	 * @param diffId the layer that it was taken for
	 * @param name what it was recognized by
	 */
	record Known(Digest diffId, LayerName name) implements ArchivedLayer {

	}

	/**
	 * No layer, which matters only if an image wants it to be one.
	 *
	 * @param why a whole message
	 */
	record Unusable(String why) implements ArchivedLayer {

	}

}
