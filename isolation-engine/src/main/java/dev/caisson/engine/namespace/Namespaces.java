package dev.caisson.engine.namespace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.IdentitySpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of one container: which are made by clone3, which are joined, and where
 * in the launch. <pre>
 *   keeper: setns user, setns pid   (both take effect for children only)
 *           clone3 with the flags of the private ones
 *   child:  join the cgroup, then unshare the cgroup namespace, whose root is where one stands
 *           setns net, ipc          (prepared ones and those of other containers)
 * </pre> Holds descriptors until closed.
 */
public final class Namespaces implements AutoCloseable {

	private final NamespaceSpec spec;

	private final Map<NamespaceKind, Fd> joined;

	private final boolean preparedNetwork;

	private Namespaces(NamespaceSpec spec, Map<NamespaceKind, Fd> joined, boolean preparedNetwork) {
		this.spec = spec;
		this.joined = joined;
		this.preparedNetwork = preparedNetwork;
	}

	/**
	 * Opens the namespaces that are joined.
	 * @param pidOf the first process of another, running container
	 * @param network the container's own network namespace, if it is prepared; becomes
	 * this object's
	 * @param users the user namespace, where the spec asks for one; becomes this object's
	 */
	public static Namespaces prepare(NamespaceSpec spec, ToIntFunction<ContainerId> pidOf, @Nullable Fd network,
			@Nullable Fd users) {
		Map<NamespaceKind, Fd> joined = new HashMap<>();
		try {
			if (users != null) {
				joined.put(NamespaceKind.USER, users);
			}
			open(joined, NamespaceKind.PID, spec.pid(), pidOf);
			open(joined, NamespaceKind.IPC, spec.ipc(), pidOf);
			open(joined, NamespaceKind.NET, spec.network(), pidOf);
			if (network != null) {
				joined.put(NamespaceKind.NET, network);
			}
			return new Namespaces(spec, joined, network != null);
		}
		catch (RuntimeException ex) {
			joined.values().forEach(Fd::close);
			throw ex;
		}
	}

	private static void open(Map<NamespaceKind, Fd> joined, NamespaceKind kind, Source source,
			ToIntFunction<ContainerId> pidOf) {
		if (source instanceof Source.OfContainer(ContainerId id)) {
			Path file = Path.of("/proc", Integer.toString(pidOf.applyAsInt(id)), "ns", kind.fileName());
			joined.put(kind, Fd.open(file, Fd.O_RDONLY));
		}
	}

	/** The descriptors that the plan names. */
	public Map<String, Fd> descriptors() {
		return this.joined.entrySet()
			.stream()
			.collect(Collectors.toMap((entry) -> descriptorName(entry.getKey()), Map.Entry::getValue));
	}

	/**
	 * Adds the joins of the keeper and the clone.
	 * @param cgroup the directory the child is to start in, on cgroup v2
	 */
	public Step planClone(LaunchPlan.Builder plan, Optional<Arg.Descriptor> cgroup) {
		for (NamespaceKind kind : List.of(NamespaceKind.USER, NamespaceKind.PID)) {
			if (this.joined.containsKey(kind)) {
				join(plan, plan.keeper(), kind);
			}
		}
		Set<NamespaceKind> made = made();
		long flags = made.stream().mapToLong(NamespaceKind::flag).reduce(0, (a, b) -> a | b);
		String names = made.stream().map(NamespaceKind::flagName).collect(Collectors.joining("|"));
		return LaunchFrame.clone(plan, flags, names, cgroup);
	}

	/** Adds the child's joins; it must have joined its control groups before. */
	public void planJoin(LaunchPlan.Builder plan) {
		if (this.spec.cgroup() instanceof Source.Own) {
			NamespaceKind kind = NamespaceKind.CGROUP;
			plan.child()
				.call("leave the host's view of cgroups", SystemCall.UNSHARE, Arg.flags(kind.flag(), kind.flagName()));
		}
		if (this.joined.containsKey(NamespaceKind.USER)) {
			becomeRoot(plan.child());
		}
		for (NamespaceKind kind : List.of(NamespaceKind.NET, NamespaceKind.IPC)) {
			if (this.joined.containsKey(kind)) {
				join(plan, plan.child(), kind);
			}
		}
		if (this.spec.network() instanceof Source.Own && !this.preparedNetwork) {
			Loopback.plan(plan.child());
		}
	}

	/** Adds the host name, where it is the container's own. */
	public void planIdentity(LaunchPlan.Builder plan, IdentitySpec identity) {
		if (!(this.spec.uts() instanceof Source.Own)) {
			return;
		}
		name(plan, "hostname", SystemCall.SETHOSTNAME, identity.hostname());
		name(plan, "domainname", SystemCall.SETDOMAINNAME, identity.domainname());
	}

	/** Reads back which namespaces a process is in. */
	public static NamespaceReport observe(int pid) {
		return NamespaceReport.of(pid);
	}

	private static void name(LaunchPlan.Builder plan, String what, SystemCall call, String value) {
		if (!value.isEmpty()) {
			int bytes = value.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
			plan.child().call("set " + what + " " + value, call, Arg.text(value), Arg.number(bytes));
		}
	}

	private static void join(LaunchPlan.Builder plan, LaunchPlan.Section section, NamespaceKind kind) {
		section.call("join " + kind.fileName() + " namespace", SystemCall.SETNS, plan.descriptor(descriptorName(kind)),
				Arg.flags(kind.flag(), kind.flagName()));
	}

	/** The service's own user has no number in the container's user namespace. */
	static void becomeRoot(LaunchPlan.Section child) {
		Arg root = Arg.number(0);
		child.call("become root's group in the user namespace", SystemCall.SETRESGID, root, root, root);
		child.call("become root in the user namespace", SystemCall.SETRESUID, root, root, root);
		LaunchFrame.planDieWithKeeper(child);
	}

	private Set<NamespaceKind> made() {
		Set<NamespaceKind> made = EnumSet.of(NamespaceKind.MNT);
		List<Map.Entry<NamespaceKind, Source>> own = new ArrayList<>();
		own.add(Map.entry(NamespaceKind.PID, this.spec.pid()));
		own.add(Map.entry(NamespaceKind.IPC, this.spec.ipc()));
		own.add(Map.entry(NamespaceKind.UTS, this.spec.uts()));
		own.add(Map.entry(NamespaceKind.NET, this.spec.network()));
		for (Map.Entry<NamespaceKind, Source> entry : own) {
			if (entry.getValue() instanceof Source.Own && !this.joined.containsKey(entry.getKey())) {
				made.add(entry.getKey());
			}
		}
		return made;
	}

	private static String descriptorName(NamespaceKind kind) {
		return "namespace." + kind.fileName();
	}

	@Override
	public void close() {
		this.joined.values().forEach(Fd::close);
	}

}
