package dev.caisson.engine.image;

/** An abbreviated id that is the beginning of more than one image's id. */
public final class AmbiguousImageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String prefix;

	AmbiguousImageException(String prefix) {
		super("multiple IDs found with provided prefix: " + prefix);
		this.prefix = prefix;
	}

	public String prefix() {
		return this.prefix;
	}

}
