package dev.caisson.platform.container;

import dev.caisson.engine.container.LaunchFailedException;
import dev.caisson.platform.server.ApiException;

/**
 * A container that did not start. Docker's clients find out from the words whether to
 * exit with 127, 126 or 125.
 */
public final class StartFailedException extends ApiException {

	private static final long serialVersionUID = 1L;

	private static final int NOT_FOUND = 127;

	private static final int NOT_EXECUTABLE = 126;

	StartFailedException(LaunchFailedException cause) {
		super(isFaultOfProgram(cause) ? 400 : 500, "failed to create task for container: " + cause.getMessage(), cause);
	}

	private static boolean isFaultOfProgram(LaunchFailedException cause) {
		return cause.exitCode() == NOT_FOUND || cause.exitCode() == NOT_EXECUTABLE;
	}

}
