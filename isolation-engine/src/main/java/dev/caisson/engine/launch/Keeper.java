package dev.caisson.engine.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * The process that launched a container and waits for its end. It outlives the service: a
 * later one finds it again by its pid and start time. Closing lets go of it and ends
 * nothing. Safe for use by many threads.
 */
public final class Keeper implements AutoCloseable {

	private static final int SIGKILL = 9, P_PIDFD = 3, WNOHANG = 1, WEXITED = 4;

	private static final Duration LONGEST_DEATH = Duration.ofSeconds(2);

	/**
	 * Field 22 of proc_pid_stat(5), counted from behind the command's closing bracket.
	 */
	private static final int START_TIME = 19;

	private final int pid;

	private final int containerPid;

	private final Fd process;

	private final Fd container;

	Keeper(int pid, Fd process, int containerPid, Fd container) {
		this.pid = pid;
		this.process = process;
		this.containerPid = containerPid;
		this.container = container;
	}

	/**
	 * Finds a keeper that an earlier service made.
	 * @param startTime what {@link #startTime()} was then, so that a reused pid is
	 * noticed
	 * @throws LinuxException ESRCH if it has ended, or its container has
	 */
	public static Keeper find(int pid, long startTime, int containerPid) {
		Fd process = Fd.process(pid);
		try {
			if (startTime(pid) != startTime) {
				throw new LinuxException("find", "keeper " + pid, Errno.ESRCH);
			}
			return new Keeper(pid, process, containerPid, Fd.process(containerPid));
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

	/** A pidfd of the container's first process. Owned by this object. */
	public Fd container() {
		return this.container;
	}

	/** When it was started, in clock ticks since boot: with the pid, unique. */
	public long startTime() {
		return startTime(this.pid);
	}

	/** A duplicate of one of its descriptors. */
	public Fd take(KeptDescriptor kept) {
		return this.process.takeFrom(kept.ordinal(), kept.descriptorName() + " of keeper " + this.pid);
	}

	/** Sends a signal to the container's first process. See pidfd_send_signal(2). */
	public void signal(int number) {
		Linux.call(SystemCall.PIDFD_SEND_SIGNAL, "container process " + this.containerPid, this.container.number(),
				number, 0, 0);
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
		Linux.attempt(SystemCall.PIDFD_SEND_SIGNAL, this.container.number(), SIGKILL, 0, 0);
		Linux.attempt(SystemCall.WAITID, P_PIDFD, this.process.number(), 0, WEXITED, 0);
		Launcher.poll(this.container, LONGEST_DEATH);
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
		this.container.close();
		this.process.close();
	}

	private static long startTime(int pid) {
		try {
			String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
			return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME]);
		}
		catch (IOException ex) {
			throw new LinuxException("read start time of", "process " + pid, Errno.ESRCH);
		}
	}

}
