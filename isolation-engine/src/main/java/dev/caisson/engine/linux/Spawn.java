package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

import jnr.ffi.LibraryLoader;

/**
 * Starts a program by posix_spawn(3), the only way to make a process that a JVM has: its
 * many threads rule fork out. The new process has every signal blocked and at its
 * default, a session of its own, an empty environment, and exactly the descriptors given.
 */
public final class Spawn {

	/** Of spawn.h. */
	private static final int POSIX_SPAWN_SETSIGDEF = 0x04, POSIX_SPAWN_SETSIGMASK = 0x08, POSIX_SPAWN_SETSID = 0x80;

	/** Sizes of the opaque types on 64-bit glibc and musl, rounded up. */
	private static final long ACTIONS_SIZE = 128, ATTRIBUTES_SIZE = 512, SIGNAL_SET_SIZE = 128;

	private static final LibSpawn LIBC = LibraryLoader.create(LibSpawn.class).load("c");

	private Spawn() {
	}

	/**
	 * Starts a program.
	 * @param program a descriptor of its file
	 * @param name what ps(1) shows
	 * @param descriptors by the number each shall have in the new process; numbers 0 to 2
	 * that are missing stay closed
	 * @return the process id
	 * @throws LinuxException if it could not be started
	 */
	public static int start(Fd program, String name, SortedMap<Integer, Fd> descriptors) {
		int free = descriptors.isEmpty() ? 0 : descriptors.lastKey() + 1;
		List<Fd> moved = new ArrayList<>();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment actions = arena.allocate(ACTIONS_SIZE, 16);
			MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 16);
			check(LIBC.posix_spawn_file_actions_init(actions.address()), name);
			check(LIBC.posix_spawnattr_init(attributes.address()), name);
			try {
				descriptors.forEach((target, fd) -> {
					// a source among the targets could be overwritten before its turn
					Fd source = (fd.number() < free) ? moved(moved, fd.duplicate(free)) : fd;
					check(LIBC.posix_spawn_file_actions_adddup2(actions.address(), source.number(), target), name);
				});
				closeOthers(actions, descriptors, free, name);
				setAttributes(arena, attributes, name);
				Fd executable = (program.number() < free) ? moved(moved, program.duplicate(free)) : program;
				return spawn(arena, executable, name, actions, attributes);
			}
			finally {
				LIBC.posix_spawn_file_actions_destroy(actions.address());
				LIBC.posix_spawnattr_destroy(attributes.address());
				moved.forEach(Fd::close);
			}
		}
	}

	/**
	 * The JVM opens its jars without O_CLOEXEC: they must not be taken for descriptors
	 * that were given. What is not open is not an error.
	 */
	private static void closeOthers(MemorySegment actions, SortedMap<Integer, Fd> descriptors, int free, String name) {
		for (int number = 0; number < free; number++) {
			if (!descriptors.containsKey(number)) {
				check(LIBC.posix_spawn_file_actions_addclose(actions.address(), number), name);
			}
		}
	}

	private static Fd moved(List<Fd> moved, Fd duplicate) {
		moved.add(duplicate);
		return duplicate;
	}

	private static void setAttributes(Arena arena, MemorySegment attributes, String name) {
		MemorySegment all = arena.allocate(SIGNAL_SET_SIZE, 8).fill((byte) 0xff);
		check(LIBC.posix_spawnattr_setsigmask(attributes.address(), all.address()), name);
		check(LIBC.posix_spawnattr_setsigdefault(attributes.address(), all.address()), name);
		check(LIBC.posix_spawnattr_setflags(attributes.address(),
				(short) (POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID)), name);
	}

	private static int spawn(Arena arena, Fd program, String name, MemorySegment actions, MemorySegment attributes) {
		MemorySegment path = Linux.text(arena, "/proc/self/fd/" + program.number());
		MemorySegment arguments = arena.allocate(16, 8);
		arguments.set(ValueLayout.JAVA_LONG, 0, Linux.text(arena, name).address());
		MemorySegment environment = arena.allocate(8, 8);
		MemorySegment pid = arena.allocate(4, 4);
		check(LIBC.posix_spawn(pid.address(), path.address(), actions.address(), attributes.address(),
				arguments.address(), environment.address(), 0), name);
		return pid.get(ValueLayout.JAVA_INT, 0);
	}

	private static void check(int error, String name) {
		if (error != 0) {
			throw new LinuxException("posix_spawn", name, Errno.of(error));
		}
	}

	/** See posix_spawn(3) and its companions; each returns an error number. */
	public interface LibSpawn {

		/**
		 * The seventh argument does not exist: jffi's fast path for exactly six passes
		 * garbage as the last one, its general path does not.
		 */
		int posix_spawn(long pid, long path, long actions, long attributes, long argv, long envp, long none);

		int posix_spawn_file_actions_init(long actions);

		int posix_spawn_file_actions_adddup2(long actions, int from, int to);

		int posix_spawn_file_actions_addclose(long actions, int number);

		int posix_spawn_file_actions_destroy(long actions);

		int posix_spawnattr_init(long attributes);

		int posix_spawnattr_setflags(long attributes, short flags);

		int posix_spawnattr_setsigmask(long attributes, long mask);

		int posix_spawnattr_setsigdefault(long attributes, long signals);

		int posix_spawnattr_destroy(long attributes);

	}

}
