package dev.caisson.engine.tar;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * File systems that are views of the kernel, such as /proc: reading their files has
 * effects or no end, and writing them steers the host. Nothing is copied out of them or
 * into them.
 */
public final class KernelFiles {

	/** Of linux/magic.h, from procfs to rpc_pipefs. */
	private static final Set<Integer> TYPES = Set.of(0x9fa0, 0x62656572, 0x1cd1, 0x27e0eb, 0x63677270, 0x19800202,
			0x64626720, 0x74726163, 0x73636673, 0xcafe4a11, 0x62656570, 0xf97cff8c, 0x6e736673, 0x42494e4d, 0x67596969);

	/** Of struct statfs (asm-generic/statfs.h), and of linux/statfs.h. */
	private static final long F_FLAGS = 80, ST_RDONLY = 1;

	private KernelFiles() {
	}

	/** Whether a file is in one of them. See statfs(2). */
	public static boolean contain(Fd place) {
		return TYPES.contains((int) status(place, 0));
	}

	/** Whether the mount that a file is on, or its file system, is read-only. */
	public static boolean isReadOnly(Fd place) {
		return (status(place, F_FLAGS) & ST_RDONLY) != 0;
	}

	private static long status(Fd place, long field) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment status = arena.allocate(256, 8);
			Linux.call(SystemCall.STATFS, place.name(), Linux.text(arena, "/proc/self/fd/" + place.number()).address(),
					status.address());
			return status.get(ValueLayout.JAVA_LONG, field);
		}
	}

	/** Whether a directory is where one of them begins. */
	static boolean isRoot(FileTree files, Fd parent, byte[] name, FileStatus status) {
		FileStatus above = files.status(parent, new byte[0]);
		if (above != null && above.device() == status.device()) {
			return false;
		}
		try (Fd place = files.place(parent, name)) {
			return contain(place);
		}
	}

}
