package dev.caisson.engine.container;

/**
 * A path at which a container differs from its image.
 *
 * @param kind in which way
 * @param path absolute, in the container
 */
public record FileChange(Kind kind, String path) {

	/** In the order of Docker's numbers. */
	public enum Kind {

		MODIFIED, ADDED, DELETED

	}

}
