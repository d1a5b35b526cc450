package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that this process owns, closed once. All are close-on-exec. Not safe
 * against a close by another thread while a call is under way: whoever owns it closes it.
 */
public final class Fd implements AutoCloseable {

	/** Of asm-generic/fcntl.h, the same on x86-64 and generic but for O_DIRECTORY. */
	public static final int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_NOCTTY = 0400,
			O_TRUNC = 01000, O_APPEND = 02000, O_NONBLOCK = 04000, O_CLOEXEC = 02000000, O_PATH = 010000000;

	private static final boolean ARM64 = "aarch64".equals(System.getProperty("os.arch"));

	/** Of asm/fcntl.h: two that differ between x86-64 and arm64. */
	public static final int O_DIRECTORY = ARM64 ? 040000 : 0200000, O_NOFOLLOW = ARM64 ? 0100000 : 0400000;

	/** Of linux/openat2.h. */
	public static final int RESOLVE_NO_XDEV = 1, RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4,
			RESOLVE_BENEATH = 8, RESOLVE_IN_ROOT = 16;

	/** Of linux/fs.h, for {@link #seek}. */
	public static final int SEEK_SET = 0, SEEK_DATA = 3, SEEK_HOLE = 4;

	private final AtomicInteger number;

	private final String name;

	public Fd(long number, String name) {
		this.number = new AtomicInteger(Math.toIntExact(number));
		this.name = name;
	}

	/** See open(2). The descriptor is close-on-exec. */
	public static Fd open(Path path, int flags, int mode) {
		try (Arena arena = Arena.ofConfined()) {
			return new Fd(Linux.call(SystemCall.OPENAT, path.toString(), Linux.AT_FDCWD,
					Linux.text(arena, path.toString()).address(), flags | O_CLOEXEC, mode), path.toString());
		}
	}

	public static Fd open(Path path, int flags) {
		return open(path, flags, 0);
	}

	/** See openat2(2), Linux 5.6: resolves a path below this directory under a rule. */
	public Fd openAt(String path, int flags, int mode, int resolve) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment how = arena.allocate(24, 8);
			how.set(ValueLayout.JAVA_LONG, 0, (flags | O_CLOEXEC) & 0xffffffffL);
			how.set(ValueLayout.JAVA_LONG, 8, mode);
			how.set(ValueLayout.JAVA_LONG, 16, resolve);
			return new Fd(Linux.call(SystemCall.OPENAT2, path, number(), Linux.text(arena, path).address(),
					how.address(), how.byteSize()), path);
		}
	}

	/** See pipe2(2). The first of the pair is the reading end. */
	public static Fd[] pipe(int flags, String name) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment pair = arena.allocate(8, 4);
			Linux.call(SystemCall.PIPE2, name, pair.address(), flags | O_CLOEXEC);
			return new Fd[] { new Fd(pair.get(ValueLayout.JAVA_INT, 0), name + " (read)"),
					new Fd(pair.get(ValueLayout.JAVA_INT, 4), name + " (write)") };
		}
	}

	/** See eventfd2(2), EFD_CLOEXEC alone. */
	public static Fd event(String name) {
		return new Fd(Linux.call(SystemCall.EVENTFD2, name, 0, O_CLOEXEC), name);
	}

	/** See memfd_create(2), MFD_CLOEXEC | MFD_ALLOW_SEALING. */
	public static Fd memory(String name) {
		try (Arena arena = Arena.ofConfined()) {
			return new Fd(Linux.call(SystemCall.MEMFD_CREATE, name, Linux.text(arena, name).address(), 1 | 2), name);
		}
	}

	/** See pidfd_open(2), Linux 5.3. */
	public static Fd process(long pid) {
		return new Fd(Linux.call(SystemCall.PIDFD_OPEN, "process " + pid, pid, 0), "process " + pid);
	}

	/** See pidfd_getfd(2), Linux 5.6: a duplicate of another process's descriptor. */
	public Fd takeFrom(int theirs, String name) {
		return new Fd(Linux.call(SystemCall.PIDFD_GETFD, name, number(), theirs, 0), name);
	}

	public int number() {
		int current = this.number.get();
		if (current < 0) {
			throw new LinuxException("use", this.name, Errno.EBADF, "descriptor is closed");
		}
		return current;
	}

	public boolean isClosed() {
		return this.number.get() < 0;
	}

	public String name() {
		return this.name;
	}

	/** See fcntl(2), F_DUPFD_CLOEXEC: a duplicate numbered {@code lowest} or higher. */
	public Fd duplicate(int lowest) {
		return new Fd(Linux.call(SystemCall.FCNTL, this.name, number(), 1030, lowest), this.name);
	}

	/** See read(2). Returns the count, 0 at the end, or a negative error number. */
	public long read(MemorySegment buffer) {
		return Linux.attempt(SystemCall.READ, number(), buffer.address(), buffer.byteSize());
	}

	/** See write(2). Returns the count or a negative error number. */
	public long write(MemorySegment buffer) {
		return Linux.attempt(SystemCall.WRITE, number(), buffer.address(), buffer.byteSize());
	}

	/** See lseek(2). Returns the position or a negative error number. */
	public long seek(long offset, int whence) {
		return Linux.attempt(SystemCall.LSEEK, number(), offset, whence);
	}

	/** Adds one to an eventfd. */
	public void signal() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
			Linux.call(SystemCall.WRITE, this.name, number(), one.address(), one.byteSize());
		}
	}

	/** Writes all of a text in one write(2), as kernel control files want it. */
	public void writeText(String text) {
		try (Arena arena = Arena.ofConfined()) {
			byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
			MemorySegment buffer = arena.allocate(Math.max(bytes.length, 1));
			MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes.length);
			Linux.call(SystemCall.WRITE, this.name + " (" + text + ")", number(), buffer.address(), bytes.length);
		}
	}

	@Override
	public void close() {
		int current = this.number.getAndSet(-1);
		if (current >= 0) {
			// close(2) frees the descriptor even when it answers an error
			Linux.attempt(SystemCall.CLOSE, current);
		}
	}

	@Override
	public String toString() {
		return this.name + " (fd " + this.number.get() + ")";
	}

}
