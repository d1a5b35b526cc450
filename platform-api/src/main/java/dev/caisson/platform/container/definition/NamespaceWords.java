package dev.caisson.platform.container.definition;

import java.util.Set;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;

/** Which namespaces are the container's own. */
final class NamespaceWords {

	static final String OF_CONTAINER = "container:";

	private NamespaceWords() {
	}

	static NamespaceSpec translate(HostConfig host, ContainerConfig config, Peers peers) {
		return new NamespaceSpec(source("PidMode", "PID mode", host.pidMode(), Set.of("", "private"), peers),
				source("IpcMode", "IPC mode", host.ipcMode(), Set.of("private", "shareable", "none"), peers),
				network(host, config, peers),
				source("UTSMode", "UTS mode", host.utsMode(), Set.of("", "private"), null),
				source("CgroupnsMode", "cgroup namespace mode", host.cgroupnsMode(), Set.of("private"), null),
				privateUsers(host));
	}

	private static Source network(HostConfig host, ContainerConfig config, Peers peers) {
		if (Boolean.TRUE.equals(config.networkDisabled())) {
			return new Source.Own();
		}
		String mode = host.networkMode();
		boolean named = !mode.equals("host") && !mode.startsWith(OF_CONTAINER);
		return named ? new Source.Own() : source("NetworkMode", "network mode", mode, Set.of(), peers);
	}

	private static Source source(String field, String word, String mode, Set<String> own,
			@org.jspecify.annotations.Nullable Peers peers) {
		if (own.contains(mode)) {
			return new Source.Own();
		}
		if (mode.equals("host")) {
			return new Source.Host();
		}
		if (peers != null && mode.startsWith(OF_CONTAINER) && mode.length() > OF_CONTAINER.length()) {
			return new Source.OfContainer(peers.find(mode.substring(OF_CONTAINER.length())).id());
		}
		throw new InvalidSpecException("HostConfig." + field, "invalid " + word + ": " + mode);
	}

	private static boolean privateUsers(HostConfig host) {
		return switch (host.usernsMode()) {
			case "", "host" -> false;
			case "private" -> {
				if (host.privileged()) {
					throw new InvalidSpecException("HostConfig.UsernsMode",
							"privileged mode is incompatible with user namespaces.  You must run the container in the "
									+ "host namespace when running privileged mode");
				}
				yield true;
			}
			default ->
				throw new InvalidSpecException("HostConfig.UsernsMode", "invalid userns mode: " + host.usernsMode());
		};
	}

}
