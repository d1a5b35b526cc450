package dev.caisson.platform.image;

import java.util.Map;

/** Where it is told what happens to images. */
@FunctionalInterface
interface ImageEvents {

	/**
	 * Tells of something.
	 * @param action in Docker's word
	 * @param image the image's id; empty if it is about all of them
	 */
	void publish(String action, String image, Map<String, String> attributes);

}
