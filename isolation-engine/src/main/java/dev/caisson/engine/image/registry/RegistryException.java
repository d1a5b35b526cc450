package dev.caisson.engine.image.registry;

/**
 * A registry that does not give what it was asked for.
 */
public final class RegistryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Kind kind;

	RegistryException(Kind kind, String message) {
		super(message);
		this.kind = kind;
	}

	RegistryException(Kind kind, String message, Throwable cause) {
		super(message, cause);
		this.kind = kind;
	}

	public Kind kind() {
		return this.kind;
	}

	/** What the caller can do about it. */
	public enum Kind {

		/** There is no such image, or it is not shown to strangers. */
		NOT_FOUND,

		/** The credentials are missing or wrong. */
		UNAUTHORIZED,

		/** The credentials do not suffice, or the image is protected. */
		DENIED,

		/** The registry cannot be reached, is too slow, or fails. */
		UNAVAILABLE,

		/** It answers what no registry should. */
		MALFORMED

	}

}
