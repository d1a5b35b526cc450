package dev.caisson.platform.server;

/**
 * The service cannot start as it is asked to. The message and the remedy are for the
 * operator's terminal; no stack trace belongs to them.
 */
public final class StartRefusedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	public StartRefusedException(String message, String remedy) {
		super(message);
		this.remedy = remedy;
	}

	public StartRefusedException(String message, String remedy, Throwable cause) {
		super(message, cause);
		this.remedy = remedy;
	}

	/** What the operator can do. */
	public String remedy() {
		return this.remedy;
	}

}
