package dev.caisson.engine.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * Who connected to a unix socket, as the kernel noted it at connect(2): see SO_PEERCRED
 * in unix(7). A pid may belong to another process by the time somebody asks, so what is
 * read from /proc is believed only while a descriptor of that very process says that it
 * lives: SO_PEERPIDFD, Linux 6.5; before that, pidfd_open(2) of the pid.
 *
 * @param pid 0 if it is of another pid namespace
 * @param uid effective, at the time
 * @param gid effective, at the time
 * @param executable empty if nobody knows any more
 * @param loginUid the user who logged in, whoever he became since (proc_pid_loginuid(5));
 * empty if the kernel does not say
 * @param isPinned whether the kernel itself named the process, not only its number
 */
public record SocketPeer(int pid, int uid, int gid, Optional<String> executable, OptionalLong loginUid,
		boolean isPinned) {

	/** Of asm-generic/socket.h. */
	private static final int SOL_SOCKET = 1, SO_PEERCRED = 17, SO_PEERPIDFD = 77;

	/** Bytes of struct ucred. */
	private static final int UCRED = 12;

	/** (uid_t) -1: nobody has logged in. */
	private static final long UNSET = 0xffffffffL;

	/**
	 * The peer of a connected unix socket.
	 * @throws LinuxException if it is not one
	 */
	public static SocketPeer of(Fd socket) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment credentials = arena.allocate(UCRED, 4);
			option(socket, SO_PEERCRED, credentials, arena);
			int pid = credentials.get(ValueLayout.JAVA_INT, 0);
			int uid = credentials.get(ValueLayout.JAVA_INT, 4);
			int gid = credentials.get(ValueLayout.JAVA_INT, 8);
			MemorySegment number = arena.allocate(4, 4);
			boolean pinned = pid > 0 && tryOption(socket, SO_PEERPIDFD, number, arena) >= 0;
			try (Fd process = pinned ? new Fd(number.get(ValueLayout.JAVA_INT, 0), "peer") : open(pid)) {
				return (process != null) ? describe(pid, uid, gid, pinned, process) : unknown(pid, uid, gid);
			}
		}
	}

	private static void option(Fd socket, int option, MemorySegment value, Arena arena) {
		long result = tryOption(socket, option, value, arena);
		if (result < 0) {
			throw new LinuxException("getsockopt", socket.name(), Errno.of(-result));
		}
	}

	private static long tryOption(Fd socket, int option, MemorySegment value, Arena arena) {
		MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) value.byteSize());
		return Linux.attempt(SystemCall.GETSOCKOPT, socket.number(), SOL_SOCKET, option, value.address(),
				length.address());
	}

	private static @Nullable Fd open(int pid) {
		if (pid <= 0) {
			return null;
		}
		long number = Linux.attempt(SystemCall.PIDFD_OPEN, pid, 0);
		return (number >= 0) ? new Fd(number, "peer") : null;
	}

	private static SocketPeer describe(int pid, int uid, int gid, boolean pinned, Fd process) {
		Optional<String> executable = executable(pid);
		OptionalLong login = loginUid(pid);
		// signal 0 only asks: if it lives now, its pid was its own while /proc was read
		return ProcessIdentity.signal(process, 0) ? new SocketPeer(pid, uid, gid, executable, login, pinned)
				: unknown(pid, uid, gid);
	}

	private static SocketPeer unknown(int pid, int uid, int gid) {
		return new SocketPeer(pid, uid, gid, Optional.empty(), OptionalLong.empty(), false);
	}

	private static Optional<String> executable(int pid) {
		try {
			return Optional.of(Files.readSymbolicLink(Path.of("/proc", Integer.toString(pid), "exe")).toString());
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	private static OptionalLong loginUid(int pid) {
		try {
			long login = Long.parseLong(Files.readString(Path.of("/proc", Integer.toString(pid), "loginuid")).strip());
			return (login != UNSET) ? OptionalLong.of(login) : OptionalLong.empty();
		}
		catch (IOException | NumberFormatException ex) {
			return OptionalLong.empty();
		}
	}

}
