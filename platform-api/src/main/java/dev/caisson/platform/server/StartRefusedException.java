package dev.caisson.platform.server;

/**
 * The service cannot start as it is asked to. The message is one sentence with the
 * remedy, for the operator's terminal; no stack trace belongs to it.
 */
public final class StartRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public StartRefusedException(String message) {
		super(message);
	}

	public StartRefusedException(String message, Throwable cause) {
		super(message, cause);
	}

}
