package dev.caisson.platform.build;

import java.util.Map;
import java.util.function.Consumer;

/** Fetches images that a Dockerfile names. */
@FunctionalInterface
interface ImagePull {

	/**
	 * Fetches an image.
	 * @param platform as {@code os/arch}, or empty for the host's
	 * @param progress is told in the messages of the API
	 * @throws BuildException if it cannot be had
	 */
	void pull(String name, String platform, Consumer<Map<String, ?>> progress);

}
