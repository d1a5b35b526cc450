package dev.caisson.platform.container;

import dev.caisson.platform.server.ApiException;

/** No container has this name or id: 404. */
public final class NoSuchContainerException extends ApiException {

	private static final long serialVersionUID = 1L;

	NoSuchContainerException(String reference) {
		super(404, "No such container: " + reference);
	}

}
