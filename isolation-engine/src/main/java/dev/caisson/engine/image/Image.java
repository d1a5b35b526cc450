package dev.caisson.engine.image;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An image in the store as it is at one instant.
 *
 * @param id the digest of its configuration
 * @param tags its names with tags, sorted
 * @param digests its names with manifest digests, sorted
 * @param created when it was built, or null if it does not say
 * @param architecture in Go's words: {@code amd64}, {@code arm64}
 * @param variant of the architecture, or empty
 * @param os {@code linux}
 * @param author who built it, or empty
 * @param comment what was said about it, or empty
 * @param size bytes of all its layers' files
 * @param config how its containers run unless told otherwise
 * @param history how it was built, oldest step first
 * @param diffIds digests of its layers' uncompressed archives, lowest first
 * @param rawConfig the configuration, byte for byte as it came
 */
public record Image(Digest id, List<ImageReference> tags, List<ImageReference> digests, @Nullable Instant created,
		String architecture, String variant, String os, String author, String comment, long size, ImageConfig config,
		List<History> history, List<Digest> diffIds, RawConfig rawConfig) {

	public Image {
		tags = List.copyOf(tags);
		digests = List.copyOf(digests);
		history = List.copyOf(history);
		diffIds = List.copyOf(diffIds);
	}

	/**
	 * A step of the build.
	 *
	 * @param created when, or null if it does not say
	 * @param createdBy the command, or empty
	 * @param author who, or empty
	 * @param comment what was said about it, or empty
	 * @param emptyLayer whether the step made no layer
	 */
	public record History(@Nullable Instant created, String createdBy, String author, String comment,
			boolean emptyLayer) {

	}

}
