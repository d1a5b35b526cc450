package dev.caisson.engine.namespace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.Launch;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Launcher;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.ContainerId;

/**
 * User namespaces with ids of their own: 65,536 each, no two running containers alike,
 * all above the ids that people and services of the host have. Safe for use by many
 * threads.
 */
public final class UserNamespaces {

	/**
	 * How many ids a container has: all that fit in the 16 bits that most images assume.
	 */
	public static final int SIZE = 65_536;

	private static final int FIRST = 0x4000_0000, LAST = 0x7000_0000;

	private final Launcher launcher;

	private final Map<ContainerId, Integer> claimed = new HashMap<>();

	public UserNamespaces(Launcher launcher) {
		this.launcher = launcher;
	}

	/**
	 * Makes a user namespace and maps its ids, 0 upward, to a free range of the host's;
	 * and a network namespace that its root rules.
	 */
	public Made create(ContainerId id) {
		int first = claim(id);
		try {
			return create(first);
		}
		catch (RuntimeException ex) {
			release(id);
			throw ex;
		}
	}

	/**
	 * Claims the range of a container that runs already, as its uid_map says; nothing, if
	 * it has ended or has the ids of the host.
	 */
	public synchronized void reclaim(ContainerId id, int pid) {
		try {
			String[] fields = Files.readString(Path.of("/proc", Integer.toString(pid), "uid_map"))
				.strip()
				.split("\\s+");
			long first = (fields.length == 3) ? Long.parseLong(fields[1]) : 0;
			if (first >= FIRST && first <= LAST) {
				this.claimed.put(id, (int) first);
			}
		}
		catch (IOException ended) {
			this.claimed.remove(id);
		}
	}

	public synchronized void release(ContainerId id) {
		this.claimed.remove(id);
	}

	/** The first of the host's ids that a container has. */
	public synchronized Optional<Integer> range(ContainerId id) {
		return Optional.ofNullable(this.claimed.get(id));
	}

	private synchronized int claim(ContainerId id) {
		TreeSet<Integer> taken = new TreeSet<>(this.claimed.values());
		int first = FIRST;
		while (taken.contains(first)) {
			first += SIZE;
		}
		if (first > LAST) {
			throw new IllegalStateException("all ranges of user ids are taken by running containers");
		}
		this.claimed.put(id, first);
		return first;
	}

	/**
	 * A child that only waits, in a new user namespace, long enough to be mapped and
	 * opened.
	 */
	private Made create(int first) {
		LaunchPlan plan = plan();
		try (Fd nothing = Fd.open(Path.of("/dev/null"), Fd.O_RDWR); Fd exit = Fd.event("exit")) {
			Map<String, Fd> descriptors = Map.of(KeptDescriptor.EXIT.descriptorName(), exit,
					KeptDescriptor.STATUS.descriptorName(), nothing);
			Launch launch = this.launcher.run(plan, "user namespace", descriptors, null);
			try {
				Path process = Path.of("/proc", Integer.toString(launch.keeper().containerPid()));
				String map = "0 " + first + " " + SIZE + "\n";
				Files.writeString(process.resolve("uid_map"), map);
				Files.writeString(process.resolve("gid_map"), map);
				return open(process);
			}
			finally {
				launch.keeper().end();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("map ids " + first + " of a user namespace: " + ex.getMessage(), ex);
		}
	}

	private static Made open(Path process) {
		Fd users = Fd.open(process.resolve("ns/user"), Fd.O_RDONLY);
		try {
			return new Made(users, Fd.open(process.resolve("ns/net"), Fd.O_RDONLY));
		}
		catch (RuntimeException ex) {
			users.close();
			throw ex;
		}
	}

	private static LaunchPlan plan() {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		LaunchFrame.begin(plan);
		NamespaceKind user = NamespaceKind.USER;
		NamespaceKind network = NamespaceKind.NET;
		Step clone = LaunchFrame.clone(plan, user.flag() | network.flag(), user.flagName() + "|" + network.flagName(),
				Optional.empty());
		LaunchFrame.end(plan, clone);
		plan.child().call("report ready", SystemCall.CLOSE, Launcher.declare(plan));
		plan.child().call("wait to be killed", SystemCall.PPOLL, Arg.NULL, Arg.number(0), Arg.NULL, Arg.NULL);
		return plan.build();
	}

	/**
	 * What one container gets; the caller's own.
	 *
	 * @param users the user namespace
	 * @param network a network namespace that belongs to it
	 */
	public record Made(Fd users, Fd network) {
	}

}
