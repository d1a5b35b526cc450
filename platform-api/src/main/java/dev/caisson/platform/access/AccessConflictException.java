package dev.caisson.platform.access;

import dev.caisson.platform.server.ApiException;

/** It cannot be as things are: 409. */
final class AccessConflictException extends ApiException {

	private static final long serialVersionUID = 1L;

	AccessConflictException(String message) {
		super(409, message);
	}

}
