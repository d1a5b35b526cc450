package dev.caisson.platform.container;

import dev.caisson.platform.server.ApiException;

/** No exec instance has this id: 404. */
public final class NoSuchExecException extends ApiException {

	private static final long serialVersionUID = 1L;

	NoSuchExecException(String id) {
		super(404, "No such exec instance: " + id);
	}

}
