package dev.caisson.engine.spec;

/**
 * Where each namespace of a container comes from. The mount namespace is always its own.
 *
 * @param pid process ids
 * @param ipc System V IPC and POSIX queues
 * @param network network stack; {@link Source.Own} is connected as {@link NetworkingSpec}
 * says
 * @param uts host name; own or the host's
 * @param cgroup view of the cgroup tree; own or the host's
 * @param privateUsers whether the container has a user namespace with ids of its own
 */
public record NamespaceSpec(Source pid, Source ipc, Source network, Source uts, Source cgroup, boolean privateUsers) {

	/** Every namespace but the user namespace private: Docker's default. */
	public static final NamespaceSpec PRIVATE = new NamespaceSpec(new Source.Own(), new Source.Own(), new Source.Own(),
			new Source.Own(), new Source.Own(), false);

	public NamespaceSpec {
		refuseForeign("UTSMode", uts);
		refuseForeign("CgroupnsMode", cgroup);
		if (privateUsers && (isHost(pid) || isHost(ipc) || isHost(network) || isHost(uts))) {
			throw new InvalidSpecException("HostConfig.UsernsMode",
					"cannot share the host's namespaces when user namespaces are enabled");
		}
	}

	private static boolean isHost(Source source) {
		return source instanceof Source.Host;
	}

	private static void refuseForeign(String field, Source source) {
		if (source instanceof Source.OfContainer) {
			throw new InvalidSpecException("HostConfig." + field, "invalid " + field + ": use private or host");
		}
	}

	/** Whose namespace it is. */
	public sealed interface Source {

		/** A new one. */
		record Own() implements Source {
		}

		/** The one the service itself lives in. */
		record Host() implements Source {
		}

		/**
		 * That of another, running container.
		 *
		 * @param id the other container
		 */
		record OfContainer(ContainerId id) implements Source {
		}

	}

}
