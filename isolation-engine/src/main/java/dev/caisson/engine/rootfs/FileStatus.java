package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;

/**
 * What statx(2) says of an open file.
 *
 * @param mode type and permissions
 * @param uid owner, as the mount shows it
 * @param gid group, as the mount shows it
 * @param size bytes
 * @param mount the id of the mount it is on, as in mountinfo (Linux 5.8)
 */
record FileStatus(int mode, int uid, int gid, long size, long mount) {

	/** Of linux/stat.h: STATX_BASIC_STATS | STATX_MNT_ID. */
	private static final int WANTED = 0x7ff | 0x1000;

	/** Of struct statx, linux/stat.h. */
	private static final int STATX_SIZE = 256, STX_UID = 20, STX_GID = 24, STX_MODE = 28, STX_SIZE = 40,
			STX_MNT_ID = 144;

	private static final int S_IFDIR = 0040000;

	static FileStatus of(Fd file) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment status = arena.allocate(STATX_SIZE, Long.BYTES);
			Linux.call(SystemCall.STATX, file.name(), file.number(), Linux.text(arena, "").address(),
					MountApi.AT_EMPTY_PATH, WANTED, status.address());
			return new FileStatus(status.get(ValueLayout.JAVA_SHORT, STX_MODE) & 0xffff,
					status.get(ValueLayout.JAVA_INT, STX_UID), status.get(ValueLayout.JAVA_INT, STX_GID),
					status.get(ValueLayout.JAVA_LONG, STX_SIZE), status.get(ValueLayout.JAVA_LONG, STX_MNT_ID));
		}
	}

	boolean directory() {
		return (this.mode & DeviceNode.S_IFMT) == S_IFDIR;
	}

	boolean regular() {
		return (this.mode & DeviceNode.S_IFMT) == DeviceNode.S_IFREG;
	}

	int permissions() {
		return this.mode & 07777;
	}

}
