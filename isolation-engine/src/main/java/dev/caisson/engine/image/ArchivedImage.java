package dev.caisson.engine.image;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An image that an archive has whole, with every digest verified.
 *
 * @param config its configuration
 * @param layers lowest first; each is the one that the configuration names
 * @param names its names, canonical, with tags or digests; may be empty
 * @param manifest the bytes of its manifest, or null if it came without one
 * @param proof what is kept as a proof of its origin, or null
 */
record ArchivedImage(ConfigDocument config, List<ArchivedLayer> layers, List<ImageReference> names,
		byte @Nullable [] manifest, byte @Nullable [] proof) {

	ArchivedImage(ConfigDocument config, List<ArchivedLayer> layers, List<ImageReference> names,
			byte @Nullable [] manifest) {
		this(config, layers, names, manifest, null);
	}

	/** The same image under other names. */
	ArchivedImage named(List<ImageReference> others) {
		return new ArchivedImage(this.config, this.layers, others, this.manifest, this.proof);
	}

}
