package dev.caisson.engine.namespace;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.NamespaceSpec;

/**
 * All namespaces of a container that runs, for a further process in it. One setns(2) with
 * a pidfd (Linux 5.8) joins them all or none; the pid namespace is joined by the children
 * of the caller alone.
 */
public final class JoinedNamespaces {

	private JoinedNamespaces() {
	}

	/**
	 * Adds the join. The root and working directory are the container's afterwards.
	 * @param spec of the container
	 * @param process a pidfd of its first process
	 */
	public static void plan(LaunchPlan.Section child, NamespaceSpec spec, Arg.Descriptor process) {
		List<NamespaceKind> kinds = new ArrayList<>(List.of(NamespaceKind.values()));
		if (!spec.privateUsers()) {
			// one's own user namespace cannot be joined again: EINVAL
			kinds.remove(NamespaceKind.USER);
		}
		long flags = kinds.stream().mapToLong(NamespaceKind::flag).reduce(0, (a, b) -> a | b);
		String names = kinds.stream().map(NamespaceKind::flagName).collect(Collectors.joining("|"));
		child.call("join the container's namespaces", SystemCall.SETNS, process, Arg.flags(flags, names));
		if (spec.privateUsers()) {
			Namespaces.becomeRoot(child);
		}
	}

}
