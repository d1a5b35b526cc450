package dev.caisson.platform.access;

import dev.caisson.platform.server.ApiException;

/** He is known, and may not: 403. */
public final class AccessRefusedException extends ApiException {

	private static final long serialVersionUID = 1L;

	public AccessRefusedException(String message) {
		super(403, message);
	}

}
