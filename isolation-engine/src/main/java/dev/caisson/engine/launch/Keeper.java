package dev.caisson.engine.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.ProcessIdentity;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * The process that launched a container and waits for its end. It outlives the service: a
 * later one finds it again by its pid and start time. Closing lets go of it and ends
 * nothing. Safe for use by many threads.
 */
public final class Keeper implements AutoCloseable {

	private static final int SIGKILL = 9, P_PIDFD = 3, WNOHANG = 1, WEXITED = 4;

	/** How /proc/PID/exe names the file in memory that keepers run. */
	private static final String STAGE0 = "/memfd:caisson-stage0";

	private static final Duration LONGEST_DEATH = Duration.ofSeconds(2);

	private final int pid;

	private final int containerPid;

	private final Fd process;

	private final @Nullable Fd container;

	Keeper(int pid, Fd process, int containerPid, @Nullable Fd container) {
		this.pid = pid;
		this.process = process;
		this.containerPid = containerPid;
		this.container = container;
	}

	/**
	 * Finds a keeper that an earlier service made.
	 * @return empty if it has ended
	 */
	public static Optional<Keeper> find(ProcessIdentity identity) {
		return identity.open().flatMap((process) -> {
			try (Fd plan = process.takeFrom(KeptDescriptor.PLAN.ordinal(), "launch plan")) {
				int child = SectionImage.made(plan);
				return Optional.of(new Keeper(identity.pid(), process, child, childOf(identity.pid(), child)));
			}
			catch (LinuxException ex) {
				process.close();
				if (ex.is(Errno.ESRCH) || ex.is(Errno.EBADF)) {
					return Optional.empty();
				}
				throw ex;
			}
		});
	}

	/**
	 * Looks through all processes for a keeper by the name that it was launched with.
	 * @return empty if there is none
	 */
	public static Optional<ProcessIdentity> named(String name) {
		byte[] wanted = (Launcher.PROGRAM_NAME + " " + name + "\0").getBytes(StandardCharsets.UTF_8);
		return ProcessHandle.allProcesses()
			.filter((process) -> isKeeper(process.pid(), wanted))
			.findFirst()
			.flatMap((process) -> ProcessIdentity.of((int) process.pid()));
	}

	/**
	 * Its program must be ours, too: a container may call its processes what it likes.
	 */
	private static boolean isKeeper(long pid, byte[] commandLine) {
		Path process = Path.of("/proc", Long.toString(pid));
		try {
			return Arrays.equals(Files.readAllBytes(process.resolve("cmdline")), commandLine)
					&& Files.readSymbolicLink(process.resolve("exe")).toString().startsWith(STAGE0)
					&& Files.readSymbolicLink(process.resolve("ns/pid"))
						.equals(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** The keeper's own process id. */
	public int pid() {
		return this.pid;
	}

	/** The container's first process, as the host numbers it. */
	public int containerPid() {
		return this.containerPid;
	}

	/** A pidfd of the keeper; readable when it has ended. Owned by this object. */
	public Fd process() {
		return this.process;
	}

	/**
	 * A pidfd of the container's first process, owned by this object; empty if it had
	 * ended when it was looked for.
	 */
	public Optional<Fd> container() {
		return Optional.ofNullable(this.container);
	}

	/** What finds it again. Empty if it has ended. */
	public Optional<ProcessIdentity> identity() {
		return ProcessIdentity.of(this.pid);
	}

	/** A duplicate of one of its descriptors. */
	public Fd take(KeptDescriptor kept) {
		return this.process.takeFrom(kept.ordinal(), kept.descriptorName() + " of keeper " + this.pid);
	}

	/** The same; empty if it does not hold it. */
	public Optional<Fd> takeIfHeld(KeptDescriptor kept) {
		try {
			return Optional.of(take(kept));
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.EBADF)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	/**
	 * Sends a signal to the container's first process. See pidfd_send_signal(2).
	 * @return whether it was there
	 */
	public boolean signal(int number) {
		return this.container != null && ProcessIdentity.signal(this.container, number);
	}

	/**
	 * Lets the keeper go: all output has been read. See {@link KeptDescriptor#RELEASE}.
	 */
	public void release() {
		try (Fd event = take(KeptDescriptor.RELEASE)) {
			event.signal();
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.ESRCH) && !ex.is(Errno.EBADF)) {
				throw ex;
			}
		}
	}

	/** Kills the keeper and, because it dies with it, the container's first process. */
	public void kill() {
		Linux.attempt(SystemCall.PIDFD_SEND_SIGNAL, this.process.number(), SIGKILL, 0, 0);
	}

	/**
	 * Kills both, waits until they are gone, and closes this. For launches given up
	 * early.
	 */
	public void end() {
		kill();
		signal(SIGKILL);
		Linux.attempt(SystemCall.WAITID, P_PIDFD, this.process.number(), 0, WEXITED, 0);
		if (this.container != null) {
			Launcher.poll(this.container, LONGEST_DEATH);
		}
		close();
	}

	/**
	 * Waits for the keeper's own end, kills it if that does not come, and reaps it if it
	 * is a child of this process. Nothing happens when this has been closed.
	 */
	public void awaitEnd(Duration patience) {
		if (this.process.isClosed()) {
			return;
		}
		if (!Launcher.poll(this.process, patience)) {
			kill();
			Launcher.poll(this.process, LONGEST_DEATH);
		}
		Linux.attempt(SystemCall.WAITID, P_PIDFD, this.process.number(), 0, WEXITED | WNOHANG, 0);
	}

	@Override
	public void close() {
		if (this.container != null) {
			this.container.close();
		}
		this.process.close();
	}

	/**
	 * The pidfd of a child, null if it has been reaped: its number may be a stranger's.
	 */
	static @Nullable Fd childOf(int parent, int pid) {
		try {
			Fd child = Fd.process(pid);
			if (ProcessIdentity.parent(pid) == parent) {
				return child;
			}
			child.close();
			return null;
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.ESRCH)) {
				throw ex;
			}
			return null;
		}
	}

}
