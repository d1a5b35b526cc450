package dev.caisson.platform.access;

import dev.caisson.platform.server.ApiException;

/** As if there were no such container: 404, in the words that Docker has for that. */
final class OutOfScopeException extends ApiException {

	private static final long serialVersionUID = 1L;

	OutOfScopeException(String reference) {
		super(404, "No such container: " + reference);
	}

}
