package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * A thread to whom the files that it makes belong to other ids, while it keeps the powers
 * of root, see setfsuid(2) and capabilities(7). An overlay on id-mapped mounts acts with
 * the identity of who mounted it, and cannot make files for ids that these do not map.
 */
final class FileIdentity {

	/** Of linux/capability.h: _LINUX_CAPABILITY_VERSION_3. */
	private static final int CAPABILITY_VERSION = 0x20080522;

	/** Two of struct __user_cap_data_struct: effective, permitted, inheritable. */
	private static final int DATA_SIZE = 24, HALF = 12;

	private FileIdentity() {
	}

	static Fd call(int uid, int gid, Supplier<Fd> action) {
		return OwnMountNamespace.onThread("ids " + uid, () -> {
			Linux.attempt(SystemCall.SETFSGID, gid);
			Linux.attempt(SystemCall.SETFSUID, uid);
			// neither call tells of failure, but both answer what was before
			if (Linux.attempt(SystemCall.SETFSUID, -1) != uid || Linux.attempt(SystemCall.SETFSGID, -1) != gid) {
				throw new LinuxException("setfsuid", "ids " + uid, Errno.EPERM, "the service must run as root");
			}
			regainPowers();
			return action.get();
		});
	}

	/** Leaving uid 0 has taken the effective capabilities over files. */
	private static void regainPowers() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment header = arena.allocate(Long.BYTES, Integer.BYTES);
			header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION);
			MemorySegment data = arena.allocate(DATA_SIZE, Integer.BYTES);
			Linux.call(SystemCall.CAPGET, "this thread", header.address(), data.address());
			for (int half = 0; half < DATA_SIZE; half += HALF) {
				int permitted = data.get(ValueLayout.JAVA_INT, half + Integer.BYTES);
				data.set(ValueLayout.JAVA_INT, half, permitted);
			}
			Linux.call(SystemCall.CAPSET, "this thread", header.address(), data.address());
		}
	}

}
