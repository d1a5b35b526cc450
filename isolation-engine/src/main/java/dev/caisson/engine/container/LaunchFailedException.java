package dev.caisson.engine.container;

/**
 * A container that could not be started. Everything its launch had made is undone.
 */
public final class LaunchFailedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int exitCode;

	/**
	 * @param exitCode 127 if the program was not found, 126 if it could not be executed,
	 * 128 for any other step, as Docker records them
	 * @param message step, object and errno
	 */
	public LaunchFailedException(int exitCode, String message) {
		super(message);
		this.exitCode = exitCode;
	}

	public int exitCode() {
		return this.exitCode;
	}

}
