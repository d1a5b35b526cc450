package dev.caisson.platform.container;

import dev.caisson.platform.container.definition.HostConfig;

/** Whose namespaces are shared must run. */
final class PeerStates {

	private static final String OF_CONTAINER = "container:";

	private PeerStates() {
	}

	static void check(ContainerRegistry registry, HostConfig host) {
		check(registry, "network", host.networkMode());
		check(registry, "PID namespace", host.pidMode());
		check(registry, "IPC namespace", host.ipcMode());
		checkShareable(registry, host.ipcMode());
	}

	private static void check(ContainerRegistry registry, String what, String mode) {
		if (mode.startsWith(OF_CONTAINER)) {
			ContainerEntry peer = registry.find(mode.substring(OF_CONTAINER.length()));
			if (!peer.isLive()) {
				throw new ContainerConflictException(
						"cannot join " + what + " of a non running container: " + peer.id());
			}
		}
	}

	private static void checkShareable(ContainerRegistry registry, String mode) {
		if (mode.startsWith(OF_CONTAINER)) {
			ContainerEntry peer = registry.find(mode.substring(OF_CONTAINER.length()));
			if (!peer.definition().hostConfig().ipcMode().equals("shareable")) {
				throw new ContainerConflictException("can't join IPC of container " + peer.id()
						+ ": non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
			}
		}
	}

}
