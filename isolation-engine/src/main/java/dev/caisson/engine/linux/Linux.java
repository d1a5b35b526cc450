package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;

/**
 * The one way from Java into the kernel: every system call goes through syscall(2) of
 * libc, bound by jnr-ffi. Memory for arguments is a {@link MemorySegment}, which is
 * bounds-checked and freed with its {@link Arena}. Safe for use by many threads.
 */
public final class Linux {

	/** Of fcntl.h: paths are relative to the working directory. */
	public static final int AT_FDCWD = -100;

	private static final LibC LIBC = LibraryLoader.create(LibC.class)
		.option(LibraryOption.LoadNow, Boolean.TRUE)
		.load("c");

	private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

	private Linux() {
	}

	/**
	 * Makes a system call.
	 * @return its result, or the negative error number, as the kernel itself answers
	 */
	public static long attempt(SystemCall call, long... args) {
		long result = LIBC.syscall(call.number(), arg(args, 0), arg(args, 1), arg(args, 2), arg(args, 3), arg(args, 4),
				arg(args, 5));
		return (result == -1) ? -RUNTIME.getLastError() : result;
	}

	/**
	 * Makes a system call that is expected to succeed.
	 * @param object what the call is about, for the error message
	 * @throws LinuxException if the kernel refuses
	 */
	public static long call(SystemCall call, String object, long... args) {
		long result;
		do {
			result = attempt(call, args);
		}
		while (result == -Errno.EINTR.number());
		if (result < 0) {
			throw new LinuxException(call.callName(), object, Errno.of(-result));
		}
		return result;
	}

	/** A C string in native memory. */
	public static MemorySegment text(Arena arena, String value) {
		if (value.indexOf('\0') >= 0) {
			throw new IllegalArgumentException("a NUL byte in " + value.replace("\0", "\\0"));
		}
		return arena.allocateFrom(value, StandardCharsets.UTF_8);
	}

	private static long arg(long[] args, int index) {
		return (index < args.length) ? args[index] : 0;
	}

	/** The functions of libc(7) that are used as functions. */
	public interface LibC {

		/**
		 * See syscall(2). Arguments are variadic in C; as registers all six are alike.
		 */
		long syscall(long number, long a, long b, long c, long d, long e, long f);

	}

}
