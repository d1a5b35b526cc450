package dev.caisson.platform.container;

import dev.caisson.platform.server.ApiException;

/** A path in a container cannot be read or written. */
final class PathRefusedException extends ApiException {

	private static final long serialVersionUID = 1L;

	PathRefusedException(int status, String message, Throwable cause) {
		super(status, message, cause);
	}

}
