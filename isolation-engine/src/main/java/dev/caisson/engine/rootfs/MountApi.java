package dev.caisson.engine.rootfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import dev.caisson.engine.launch.Arg;

/**
 * The numbers of the file-descriptor mount calls (linux/mount.h, linux/fcntl.h), which
 * are the same on all architectures.
 */
final class MountApi {

	static final int AT_EMPTY_PATH = 0x1000, AT_RECURSIVE = 0x8000;

	static final int OPEN_TREE_CLONE = 1;

	static final int FSOPEN_CLOEXEC = 1, FSMOUNT_CLOEXEC = 1;

	static final int FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;

	static final int MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_T_EMPTY_PATH = 0x40;

	static final long MOUNT_ATTR_RDONLY = 1, MOUNT_ATTR_NOSUID = 2, MOUNT_ATTR_NODEV = 4, MOUNT_ATTR_NOEXEC = 8,
			MOUNT_ATTR_IDMAP = 0x100000;

	static final long MS_PRIVATE = 1 << 18, MS_SLAVE = 1 << 19, MS_SHARED = 1 << 20;

	static final int MNT_DETACH = 2;

	/** Of struct mount_attr, first version. */
	static final int MOUNT_ATTR_SIZE = 32;

	/** Of struct open_how, first version. */
	static final int OPEN_HOW_SIZE = 24;

	private MountApi() {
	}

	/** A struct mount_attr for a launch plan: only MOUNT_ATTR_RDONLY changes. */
	static Arg readOnly(boolean set) {
		byte[] attributes = words(set ? MOUNT_ATTR_RDONLY : 0, set ? 0 : MOUNT_ATTR_RDONLY, 0, 0);
		return new Arg.Bytes(attributes, set ? "{attr_set=MOUNT_ATTR_RDONLY}" : "{attr_clr=MOUNT_ATTR_RDONLY}");
	}

	/** Little-endian 64-bit words, as both architectures lay out the structures here. */
	static byte[] words(long... values) {
		ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
		for (long value : values) {
			buffer.putLong(value);
		}
		return buffer.array();
	}

}
