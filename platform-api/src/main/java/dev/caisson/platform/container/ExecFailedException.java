package dev.caisson.platform.container;

import dev.caisson.engine.container.LaunchFailedException;
import dev.caisson.platform.server.ApiException;

/** A further process that did not start: 400, as Docker has it. */
public final class ExecFailedException extends ApiException {

	private static final long serialVersionUID = 1L;

	ExecFailedException(LaunchFailedException cause) {
		super(400, message(cause), cause);
	}

	/** Docker's clients look for words of the runtime's. */
	static String message(LaunchFailedException cause) {
		return "OCI runtime exec failed: " + cause.getMessage() + ": unknown";
	}

}
