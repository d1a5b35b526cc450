package dev.caisson.platform.container;

import dev.caisson.platform.server.ApiException;

/** The kernel does not take a limit, such as less memory than is in use: 500. */
public final class UpdateFailedException extends ApiException {

	private static final long serialVersionUID = 1L;

	UpdateFailedException(ContainerEntry entry, RuntimeException cause) {
		super(500, "Cannot update container " + entry.id() + ": " + cause.getMessage(), cause);
	}

}
