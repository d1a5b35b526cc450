package dev.caisson.platform.container;

import dev.caisson.platform.server.ApiException;

/** The container, or another one, is in a state that does not allow it: 409. */
public final class ContainerConflictException extends ApiException {

	private static final long serialVersionUID = 1L;

	ContainerConflictException(String message) {
		super(409, message);
	}

	static ContainerConflictException nameInUse(String name, String owner) {
		return new ContainerConflictException(
				"Conflict. The container name \"/%s\" is already in use by container \"%s\". You have to remove (or rename) that container to be able to reuse that name."
					.formatted(name, owner));
	}

	static ContainerConflictException restarting(ContainerEntry entry) {
		return new ContainerConflictException(
				"Container " + entry.id() + " is restarting, wait until the container is running");
	}

	static ContainerConflictException notRunning(ContainerEntry entry) {
		return new ContainerConflictException("container " + entry.id() + " is not running");
	}

}
