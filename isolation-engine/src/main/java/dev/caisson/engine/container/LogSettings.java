package dev.caisson.engine.container;

import dev.caisson.engine.spec.InvalidSpecException;

/**
 * How a container's output is kept: Docker's json-file driver, or its local one, which
 * differs by its defaults.
 *
 * @param maxSize bytes after which a file is rotated; -1 is never
 * @param maxFiles how many files are kept
 * @param compress whether rotated files are compressed, by gzip
 */
public record LogSettings(long maxSize, int maxFiles, boolean compress) {

	public static final LogSettings DEFAULT = new LogSettings(-1, 1, false);

	public LogSettings {
		if (maxFiles < 1) {
			throw new InvalidSpecException("HostConfig.LogConfig", "max-file cannot be less than 1");
		}
		if (maxSize == 0 || maxSize < -1) {
			throw new InvalidSpecException("HostConfig.LogConfig", "max-size must be a positive number");
		}
		if (maxSize == -1 && maxFiles > 1) {
			throw new InvalidSpecException("HostConfig.LogConfig",
					"max-file cannot be greater than 1 without max-size");
		}
		if (compress && maxFiles < 2) {
			throw new InvalidSpecException("HostConfig.LogConfig",
					"compress cannot be true when max-file is less than 2 or max-size is not set");
		}
	}

	/** Without compression. */
	public LogSettings(long maxSize, int maxFiles) {
		this(maxSize, maxFiles, false);
	}

}
