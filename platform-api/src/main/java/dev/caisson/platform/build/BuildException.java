package dev.caisson.platform.build;

/** A build fails; the message is for its author. */
final class BuildException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int code;

	BuildException(String message) {
		this(message, 0);
	}

	/**
	 * @param code the exit status of a command, or 0
	 */
	BuildException(String message, int code) {
		super(message);
		this.code = code;
	}

	int code() {
		return this.code;
	}

}
