package dev.caisson.engine.image.registry;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageReference;

/**
 * What happens while an image is pulled or pushed. Told in the order in which it happens,
 * by one thread at a time.
 */
public sealed interface TransferEvent {

	/**
	 * The registry has the image, and it is fetched now.
	 *
	 * @param reference what was asked for
	 */
	record Pulling(ImageReference reference) implements TransferEvent {

	}

	/**
	 * A layer is in another state.
	 *
	 * @param layer its digest
	 * @param state the state
	 */
	record LayerState(Digest layer, State state) implements TransferEvent {

	}

	/** What may become of a layer. */
	enum State {

		/** It will be fetched. */
		WAITING,

		/** All of it is here. */
		DOWNLOADED,

		/** It is verified, and unpacked. */
		PULLED,

		/** The receiver has it already. */
		PRESENT,

		/** It will be sent. */
		PREPARING,

		/** The registry has all of it. */
		PUSHED,

		/** The registry took it from another repository of its own. */
		MOUNTED

	}

	/**
	 * A part of a layer was moved.
	 *
	 * @param layer its digest
	 * @param current bytes so far
	 * @param total bytes of it
	 */
	record LayerProgress(Digest layer, long current, long total) implements TransferEvent {

	}

	/**
	 * The image is in the store.
	 *
	 * @param reference what was asked for
	 * @param digest of its manifest, or of the index that it was chosen from
	 * @param changed whether the name meant another image before, or none
	 */
	record Pulled(ImageReference reference, Digest digest, boolean changed) implements TransferEvent {

	}

	/**
	 * The image is about to be sent.
	 *
	 * @param repository where to
	 */
	record Pushing(ImageReference repository) implements TransferEvent {

	}

	/**
	 * The registry has the image.
	 *
	 * @param reference its name there
	 * @param digest of its manifest
	 * @param size of the manifest in bytes
	 */
	record Pushed(ImageReference reference, Digest digest, long size) implements TransferEvent {

	}

}
