package dev.caisson.engine.tar;

/** A tar archive that is malformed, truncated or beyond a limit. */
public final class InvalidTarException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public InvalidTarException(String message) {
		super(message);
	}

	public InvalidTarException(String message, Throwable cause) {
		super(message, cause);
	}

}
