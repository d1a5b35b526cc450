package dev.caisson.engine.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that can be recognised later: pids are used again, but never with the same
 * start time within one boot.
 *
 * @param pid its number
 * @param startTime clock ticks since boot, field 22 of proc_pid_stat(5)
 */
public record ProcessIdentity(int pid, long startTime) {

	/** The process that has this pid now; empty if there is none or it is a zombie. */
	public static Optional<ProcessIdentity> of(int pid) {
		return stat(pid).filter((fields) -> !"Z".equals(fields[0]) && !"X".equals(fields[0]))
			.map((fields) -> new ProcessIdentity(pid, Long.parseLong(fields[19])));
	}

	/** The parent of a process, a zombie included; 0 if there is no such process. */
	public static int parent(int pid) {
		return stat(pid).map((fields) -> Integer.parseInt(fields[1])).orElse(0);
	}

	/** The fields of proc_pid_stat(5) from the third on. */
	private static Optional<String[]> stat(int pid) {
		try {
			// the name in parentheses may be anything, so it is not read as UTF-8
			String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"),
					StandardCharsets.ISO_8859_1);
			return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/**
	 * The inverse of {@link #toString}.
	 * @return empty if it is not the text of an identity
	 */
	public static Optional<ProcessIdentity> parse(String text) {
		if (!text.matches("\\d{1,9}@\\d{1,18}")) {
			return Optional.empty();
		}
		int at = text.indexOf('@');
		return Optional
			.of(new ProcessIdentity(Integer.parseInt(text.substring(0, at)), Long.parseLong(text.substring(at + 1))));
	}

	/** Whether it still runs. */
	public boolean isAlive() {
		return of(this.pid).filter(this::equals).isPresent();
	}

	/**
	 * A descriptor of this very process.
	 * @return empty if it has ended
	 */
	public Optional<Fd> open() {
		Fd process;
		try {
			process = Fd.process(this.pid);
		}
		catch (LinuxException ex) {
			return Optional.empty();
		}
		// the descriptor pins the pid: if the identity is right now, it is the same
		// process
		if (isAlive()) {
			return Optional.of(process);
		}
		process.close();
		return Optional.empty();
	}

	/**
	 * See pidfd_send_signal(2), Linux 5.1.
	 * @return whether there was a process to send it to
	 */
	public static boolean signal(Fd process, int signal) {
		long result = Linux.attempt(SystemCall.PIDFD_SEND_SIGNAL, process.number(), signal, 0, 0);
		if (result == -Errno.ESRCH.number()) {
			return false;
		}
		if (result < 0) {
			throw new LinuxException("send signal " + signal + " to", process.name(), Errno.of(-result));
		}
		return true;
	}

	@Override
	public String toString() {
		return this.pid + "@" + this.startTime;
	}

}
