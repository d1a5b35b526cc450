package dev.caisson.platform.server;

/**
 * A request that cannot be fulfilled, with the HTTP status that says so. The message is
 * the sentence that the client shall read, in Docker's words where Docker has some.
 */
public abstract class ApiException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int status;

	protected ApiException(int status, String message) {
		super(message);
		this.status = status;
	}

	protected ApiException(int status, String message, Throwable cause) {
		super(message, cause);
		this.status = status;
	}

	/** The HTTP status code; an answer of 304 has no body. */
	public final int status() {
		return this.status;
	}

}
