package dev.caisson.engine.spec;

import java.nio.file.Path;
import java.util.List;

/**
 * The root file system.
 *
 * @param layers unpacked layer directories of the image, the lowest first
 * @param readOnly whether the container may not write to it
 */
public record RootSpec(List<Path> layers, boolean readOnly) {

	public RootSpec {
		layers = List.copyOf(layers);
		if (layers.isEmpty()) {
			throw new InvalidSpecException("Image", "an image without layers cannot be run");
		}
	}

}
