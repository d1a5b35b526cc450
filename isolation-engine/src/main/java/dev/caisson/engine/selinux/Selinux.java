package dev.caisson.engine.selinux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.PrivilegeSpec.SelinuxChoice;

/**
 * SELinux on this host: whether there is any, and the labels of its containers. Docker
 * gives no label to privileged containers nor to those in the host's pid or ipc
 * namespace; whoever makes their spec chooses {@code Disabled} for them. Safe for use by
 * many threads.
 */
public final class Selinux {

	/** Of linux/keyctl.h. */
	private static final int KEYCTL_JOIN_SESSION_KEYRING = 1;

	private static final String ATTRIBUTES = "/proc/thread-self/attr/";

	private final Path root;

	private final boolean enabled;

	private final PolicyContexts contexts;

	private final CategoryPairs pairs;

	/**
	 * Looks at a host.
	 * @param root its root directory
	 */
	Selinux(Path root, RandomGenerator random) {
		this.root = root;
		this.enabled = Files.exists(root.resolve("sys/fs/selinux/enforce"))
				&& !"kernel".equals(read(root.resolve("proc/self/attr/current")));
		this.contexts = PolicyContexts.of(root.resolve("etc/selinux"));
		this.pairs = new CategoryPairs(random);
	}

	/** The SELinux of this host, if it has any: a policy must be loaded. */
	public static Selinux ofHost() {
		return new Selinux(Path.of("/"), new SecureRandom());
	}

	public boolean isEnabled() {
		return this.enabled;
	}

	/** Whether violations are prevented, not merely noted. */
	public boolean isEnforcing() {
		return this.enabled && "1".equals(read(this.root.resolve("sys/fs/selinux/enforce")));
	}

	/**
	 * Refuses a choice that this host cannot fulfil. Has no side effects.
	 * @throws InvalidSpecException if a label was asked for and there is no SELinux
	 */
	public void check(SelinuxChoice choice) {
		if (!this.enabled && choice instanceof SelinuxChoice.Given) {
			throw new InvalidSpecException("HostConfig.SecurityOpt",
					"a label was asked for with --security-opt label, but this host does not run SELinux: "
							+ "remove the option, or enable SELinux on the host");
		}
	}

	/**
	 * The labels of a container, with a pair of categories that stays its own until
	 * released. Empty if it gets none.
	 * @param owner the container's id; asking again gives the same
	 * @throws InvalidSpecException if the policy does not know the label
	 */
	public Optional<SelinuxLabel> label(SelinuxChoice choice, String owner) {
		check(choice);
		if (!this.enabled) {
			return Optional.empty();
		}
		return switch (choice) {
			case SelinuxChoice.Disabled() -> Optional.empty();
			case SelinuxChoice.Default() -> Optional.of(label(new SelinuxChoice.Given("", "", "", "", ""), owner));
			case SelinuxChoice.Given given -> Optional.of(label(given, owner));
		};
	}

	private SelinuxLabel label(SelinuxChoice.Given given, String owner) {
		String level = level(given, owner);
		SecurityContext process = this.contexts.process().with(given.user(), given.role(), given.type(), level);
		SecurityContext file = this.contexts.file().with(given.user(), "", given.fileType(), level);
		SecurityContext shared = this.contexts.file().with("", "", given.fileType(), "");
		for (SecurityContext context : List.of(process, file)) {
			try {
				validate(context);
			}
			catch (RuntimeException ex) {
				this.pairs.release(owner);
				throw ex;
			}
		}
		return new SelinuxLabel(process.toString(), file.toString(), shared.toString());
	}

	private String level(SelinuxChoice.Given given, String owner) {
		if (!given.level().isEmpty()) {
			this.pairs.claim(owner, given.level());
			return given.level();
		}
		return this.contexts.process().level().isEmpty() ? "" : this.pairs.take(owner);
	}

	/** Asks the kernel, see selinux_check_context(3). */
	private void validate(SecurityContext context) {
		Path file = this.root.resolve("sys/fs/selinux/context");
		try (Fd fd = Fd.open(file, Fd.O_RDWR)) {
			fd.writeText(context.toString());
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.EINVAL)) {
				throw ex;
			}
			throw new InvalidSpecException("HostConfig.SecurityOpt",
					"invalid SELinux label: the policy of this host does not know " + context);
		}
	}

	/** Notes, after a restart, the label of a container that runs. */
	public void claim(String owner, String processLabel) {
		SecurityContext.parse(processLabel)
			.filter((context) -> !context.level().isEmpty())
			.ifPresent((context) -> this.pairs.claim(owner, context.level()));
	}

	/** Gives a container's categories back. Safe to repeat. */
	public void release(String owner) {
		this.pairs.release(owner);
	}

	/**
	 * Sets the label that execve gives the process. Best before pivot_root: then it is
	 * the host's /proc that is written to, not one that an image or volume could have put
	 * something over (CVE-2019-16884).
	 */
	public static void plan(LaunchPlan.Section child, SelinuxLabel label) {
		planAttribute(child, "set the label of the program", "exec", label);
	}

	/**
	 * Joins a new session key ring, so that the container does not share the service's.
	 * Comes before seccomp, which refuses keyctl, and like {@link #plan} before
	 * pivot_root. A kernel without keys has nothing to part.
	 * @param id of the container
	 * @param label of the container, if it has one; the key ring gets it too
	 */
	public static void planSession(LaunchPlan.Section child, String id, Optional<SelinuxLabel> label) {
		label.ifPresent((given) -> planKeyLabel(child, given));
		child.attempt("join a session key ring", Set.of(Errno.ENOSYS), SystemCall.KEYCTL,
				Arg.flags(KEYCTL_JOIN_SESSION_KEYRING, "KEYCTL_JOIN_SESSION_KEYRING"), Arg.text("_ses." + id));
	}

	/** The part of {@link #planSession} that needs the host's /proc. */
	public static void planKeyLabel(LaunchPlan.Section child, SelinuxLabel label) {
		planAttribute(child, "set the label of new keys", "keycreate", label);
	}

	/** See proc_pid_attr(5): the whole label in one write. */
	private static void planAttribute(LaunchPlan.Section child, String purpose, String name, SelinuxLabel label) {
		Step file = child.call("open " + ATTRIBUTES + name, SystemCall.OPENAT, Arg.flags(Linux.AT_FDCWD, "AT_FDCWD"),
				Arg.text(ATTRIBUTES + name), Arg.flags(Fd.O_WRONLY | Fd.O_CLOEXEC, "O_WRONLY|O_CLOEXEC"));
		child.call(purpose, SystemCall.WRITE, Arg.result(file), Arg.text(label.process()),
				Arg.number(label.process().getBytes(StandardCharsets.UTF_8).length));
		child.call("close " + ATTRIBUTES + name, SystemCall.CLOSE, Arg.result(file));
	}

	/** The label that a process runs with; empty without SELinux or such a process. */
	public Optional<String> observe(long pid) {
		return this.enabled ? Optional.of(read(this.root.resolve("proc/" + pid + "/attr/current")))
			.filter((label) -> !label.isEmpty()) : Optional.empty();
	}

	/** The kernel ends labels with a NUL. */
	private static String read(Path file) {
		try {
			return Files.readString(file).replace("\0", "").strip();
		}
		catch (IOException absent) {
			return "";
		}
	}

}
