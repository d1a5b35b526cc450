package dev.caisson.engine.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

	private static final Duration LONGEST_DEATH = Duration.ofSeconds(2);

	/**
	 * Fields 4 and 22 of proc_pid_stat(5), counted from behind the command's closing
	 * bracket.
	 */
	private static final int PARENT = 1, START_TIME = 19;

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
	 * @param startTime what {@link #startTime()} was then, so that a reused pid is
	 * noticed
	 * @throws LinuxException ESRCH if it has ended; its container may have ended
	 */
	public static Keeper find(int pid, long startTime, int containerPid) {
		Fd process = Fd.process(pid);
		try {
			if (startTime(pid) != startTime) {
				throw new LinuxException("find", "keeper " + pid, Errno.ESRCH);
			}
			return new Keeper(pid, process, containerPid, childOf(pid, containerPid));
		}
		catch (RuntimeException ex) {
			process.close();
			throw ex;
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

	/** When it was started, in clock ticks since boot: with the pid, unique. */
	public long startTime() {
		return startTime(this.pid);
	}

	/** A duplicate of one of its descriptors. */
	public Fd take(KeptDescriptor kept) {
		return this.process.takeFrom(kept.ordinal(), kept.descriptorName() + " of keeper " + this.pid);
	}

	/**
	 * Sends a signal to the container's first process. See pidfd_send_signal(2).
	 * @return whether it was there
	 */
	public boolean signal(int number) {
		return this.container != null && ProcessIdentity.signal(this.container, number);
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
	 * Takes the keeper's own exit status, if it has ended and is a child of this process.
	 */
	public void reap() {
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
		Fd child;
		try {
			child = Fd.process(pid);
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.ESRCH)) {
				throw ex;
			}
			return null;
		}
		if (stat(pid, PARENT) == parent) {
			return child;
		}
		child.close();
		return null;
	}

	private static long startTime(int pid) {
		long time = stat(pid, START_TIME);
		if (time < 0) {
			throw new LinuxException("read start time of", "process " + pid, Errno.ESRCH);
		}
		return time;
	}

	/** A field of a process, or -1 if there is no such process. */
	private static long stat(int pid, int field) {
		try {
			String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"),
					StandardCharsets.ISO_8859_1);
			return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
		}
		catch (IOException ex) {
			return -1;
		}
	}

}
