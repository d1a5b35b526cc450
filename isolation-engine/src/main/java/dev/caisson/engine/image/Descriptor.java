package dev.caisson.engine.image;

import org.jspecify.annotations.Nullable;

/**
 * What a manifest says about a part of it (OCI image specification, "Content
 * Descriptors"). Nothing of it is proven before the part was read.
 *
 * @param mediaType what it is, or empty
 * @param digest of its bytes
 * @param size of it in bytes
 * @param platform that it is for, or null if it does not say
 */
public record Descriptor(String mediaType, Digest digest, long size, @Nullable Platform platform) {

	public Descriptor {
		if (size < 0) {
			throw new InvalidImageException("manifest: " + digest + " has the size " + size);
		}
	}

	static Descriptor of(Json json) {
		Json platform = json.get("platform");
		return new Descriptor(json.get("mediaType").text(), json.get("digest").digest(), json.get("size").number(),
				platform.isNull() ? null : new Platform(platform.get("os").text(), platform.get("architecture").text(),
						platform.get("variant").text()));
	}

}
