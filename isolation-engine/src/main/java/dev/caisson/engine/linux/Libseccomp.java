package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.OptionalInt;

import jnr.ffi.LibraryLoader;

/**
 * A filter that libseccomp builds, see seccomp_init(3). Needs libseccomp 2.5. One thread
 * at a time may use a filter; different filters are independent.
 */
public final class Libseccomp implements AutoCloseable {

	/** Of linux/seccomp.h: SECCOMP_RET_*. */
	public static final int RET_KILL_PROCESS = 0x80000000, RET_KILL_THREAD = 0, RET_TRAP = 0x00030000,
			RET_ERRNO = 0x00050000, RET_TRACE = 0x7ff00000, RET_LOG = 0x7ffc0000, RET_ALLOW = 0x7fff0000;

	/** Of seccomp.h: enum scmp_compare. */
	public static final int CMP_NE = 1, CMP_LT = 2, CMP_LE = 3, CMP_EQ = 4, CMP_GE = 5, CMP_GT = 6, CMP_MASKED_EQ = 7;

	/** Of seccomp.h: what a name resolves to that libseccomp does not know. */
	private static final int NR_SCMP_ERROR = -1;

	/** sizeof(struct scmp_arg_cmp). */
	private static final long COMPARISON_SIZE = 24;

	private final long context;

	/**
	 * Begins a filter for the architecture that this process runs on.
	 * @param defaultAction what is answered when no rule matches, a SECCOMP_RET_* with
	 * its data
	 */
	public Libseccomp(int defaultAction) {
		this.context = Loaded.LIBRARY.seccomp_init(defaultAction);
		if (this.context == 0) {
			throw new LinuxException("seccomp_init", "filter", Errno.EINVAL, "libseccomp refuses the default action");
		}
	}

	/** The audit number of an architecture by libseccomp's name, such as {@code x32}. */
	public static OptionalInt architecture(String name) {
		try (Arena arena = Arena.ofConfined()) {
			int token = Loaded.LIBRARY.seccomp_arch_resolve_name(Linux.text(arena, name).address());
			return (token != 0) ? OptionalInt.of(token) : OptionalInt.empty();
		}
	}

	/**
	 * The number of a system call, see seccomp_syscall_resolve_name(3): negative, but
	 * still good for a rule, if only other architectures have it. Empty if libseccomp
	 * does not know it.
	 */
	public static OptionalInt systemCall(String name) {
		try (Arena arena = Arena.ofConfined()) {
			int number = Loaded.LIBRARY.seccomp_syscall_resolve_name(Linux.text(arena, name).address());
			return (number != NR_SCMP_ERROR) ? OptionalInt.of(number) : OptionalInt.empty();
		}
	}

	/** The number of a system call on one architecture; empty if it has none there. */
	public static OptionalInt systemCall(String name, int architecture) {
		try (Arena arena = Arena.ofConfined()) {
			int number = Loaded.LIBRARY.seccomp_syscall_resolve_name_arch(architecture,
					Linux.text(arena, name).address());
			return (number >= 0) ? OptionalInt.of(number) : OptionalInt.empty();
		}
	}

	/** Lets the filter decide about calls of one more architecture too. */
	public void addArchitecture(int token) {
		check("seccomp_arch_add", Integer.toHexString(token), Loaded.LIBRARY.seccomp_arch_add(this.context, token));
	}

	/** Adds a rule: all comparisons must hold. A rule that is there already is fine. */
	public void addRule(int action, String name, int number, List<Comparison> comparisons) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment array = arena.allocate(COMPARISON_SIZE * Math.max(1, comparisons.size()), 8);
			for (int i = 0; i < comparisons.size(); i++) {
				comparisons.get(i).write(array.asSlice(COMPARISON_SIZE * i, COMPARISON_SIZE));
			}
			check("seccomp_rule_add", name, Loaded.LIBRARY.seccomp_rule_add_array(this.context, action, number,
					comparisons.size(), array.address()));
		}
	}

	/** The filter as an array of struct sock_filter, see linux/filter.h. */
	public byte[] export() {
		try (Fd memory = Fd.memory("seccomp filter"); Arena arena = Arena.ofConfined()) {
			check("seccomp_export_bpf", memory.name(),
					Loaded.LIBRARY.seccomp_export_bpf(this.context, memory.number()));
			long size = Linux.call(SystemCall.LSEEK, memory.name(), memory.number(), 0, 1);
			MemorySegment buffer = arena.allocate(size);
			long read = Linux.call(SystemCall.PREAD64, memory.name(), memory.number(), buffer.address(), size, 0);
			return buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
		}
	}

	@Override
	public void close() {
		Loaded.LIBRARY.seccomp_release(this.context);
	}

	private static void check(String operation, String object, int result) {
		if (result < 0 && result != -Errno.EEXIST.number()) {
			throw new LinuxException(operation, object, Errno.of(-result));
		}
	}

	/**
	 * A test of an argument, struct scmp_arg_cmp.
	 *
	 * @param argument which, 0 to 5
	 * @param operator CMP_*
	 * @param a what is compared with, or the mask
	 * @param b what is compared with under a mask
	 */
	public record Comparison(int argument, int operator, long a, long b) {

		private void write(MemorySegment target) {
			target.set(ValueLayout.JAVA_INT, 0, this.argument);
			target.set(ValueLayout.JAVA_INT, 4, this.operator);
			target.set(ValueLayout.JAVA_LONG, 8, this.a);
			target.set(ValueLayout.JAVA_LONG, 16, this.b);
		}

	}

	/** The functions of seccomp.h, loaded when first needed. */
	public interface Library {

		/** See seccomp_init(3). */
		long seccomp_init(int action);

		/** See seccomp_release(3). */
		void seccomp_release(long context);

		/** See seccomp_arch_resolve_name(3). */
		int seccomp_arch_resolve_name(long name);

		/** See seccomp_arch_add(3). */
		int seccomp_arch_add(long context, int architecture);

		/** See seccomp_syscall_resolve_name(3). */
		int seccomp_syscall_resolve_name(long name);

		/** See seccomp_syscall_resolve_name(3). */
		int seccomp_syscall_resolve_name_arch(int architecture, long name);

		/** See seccomp_rule_add(3). */
		int seccomp_rule_add_array(long context, int action, int number, int count, long comparisons);

		/** See seccomp_export_bpf(3). */
		int seccomp_export_bpf(long context, int descriptor);

	}

	/** Loads the library when the first filter is built, not before. */
	private static final class Loaded {

		static final Library LIBRARY = LibraryLoader.create(Library.class).load("libseccomp.so.2");

	}

}
