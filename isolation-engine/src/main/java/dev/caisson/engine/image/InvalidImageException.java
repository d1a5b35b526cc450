package dev.caisson.engine.image;

/**
 * An archive, layer or configuration that is not what it has to be: truncated, of another
 * digest than declared, beyond a limit, or malformed. Nothing of it was kept.
 */
public final class InvalidImageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	InvalidImageException(String message) {
		super(message);
	}

	InvalidImageException(String message, Throwable cause) {
		super(message, cause);
	}

}
