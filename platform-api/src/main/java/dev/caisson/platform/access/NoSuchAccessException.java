package dev.caisson.platform.access;

import dev.caisson.platform.server.ApiException;

/** There is no such account or token: 404. */
final class NoSuchAccessException extends ApiException {

	private static final long serialVersionUID = 1L;

	NoSuchAccessException(String what) {
		super(404, "there is no " + what);
	}

}
