package dev.caisson.engine.spec;

import java.nio.file.Path;
import java.util.List;

/**
 * The root file system.
 *
 * @param layers unpacked layer directories of the image, the lowest first
 * @param readOnly whether the container may not write to it
 * @param sharedMemory size of /dev/shm in bytes
 */
public record RootSpec(List<Path> layers, boolean readOnly, long sharedMemory) {

	/** The size of /dev/shm that Docker gives. */
	public static final long DEFAULT_SHARED_MEMORY = 64L << 20;

	public RootSpec {
		layers = List.copyOf(layers);
		if (sharedMemory <= 0) {
			throw new InvalidSpecException("HostConfig.ShmSize", "SHM size can not be less than 0");
		}
		if (layers.isEmpty()) {
			throw new InvalidSpecException("Image", "an image without layers cannot be run");
		}
	}

}
