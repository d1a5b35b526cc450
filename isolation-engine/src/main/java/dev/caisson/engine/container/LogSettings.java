package dev.caisson.engine.container;

import dev.caisson.engine.spec.InvalidSpecException;

/**
 * How a container's output is kept: Docker's json-file driver.
 *
 * @param maxSize bytes after which a file is rotated; -1 is never
 * @param maxFiles how many files are kept
 */
public record LogSettings(long maxSize, int maxFiles) {

	public static final LogSettings DEFAULT = new LogSettings(-1, 1);

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
	}

}
