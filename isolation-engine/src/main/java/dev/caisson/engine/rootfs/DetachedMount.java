package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * Mounts that hang nowhere: reached through a descriptor alone, so nobody else sees them,
 * and gone with the last descriptor, however the service ends.
 */
final class DetachedMount {

	private DetachedMount() {
	}

	/**
	 * A bind of a path, see open_tree(2), Linux 5.2.
	 * @param recursive whether the mounts below it come along
	 */
	static Fd bind(Path path, boolean recursive) {
		int flags = MountApi.OPEN_TREE_CLONE | Fd.O_CLOEXEC | (recursive ? MountApi.AT_RECURSIVE : 0);
		try (Arena arena = Arena.ofConfined()) {
			return new Fd(Linux.call(SystemCall.OPEN_TREE, path.toString(), Linux.AT_FDCWD,
					Linux.text(arena, path.toString()).address(), flags), path.toString());
		}
	}

	/** See mount_setattr(2), Linux 5.12. */
	static void change(Fd mount, boolean recursive, long set, long propagation, long userNamespace) {
		byte[] attributes = MountApi.words(set, 0, propagation, userNamespace);
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment memory = arena.allocate(attributes.length, Long.BYTES);
			MemorySegment.copy(attributes, 0, memory, ValueLayout.JAVA_BYTE, 0, attributes.length);
			int flags = MountApi.AT_EMPTY_PATH | (recursive ? MountApi.AT_RECURSIVE : 0);
			Linux.call(SystemCall.MOUNT_SETATTR, mount.name(), mount.number(), Linux.text(arena, "").address(), flags,
					memory.address(), attributes.length);
		}
	}

	/** See fsopen(2), Linux 5.2: the start of a new file system. */
	static Fd open(String type) {
		try (Arena arena = Arena.ofConfined()) {
			return new Fd(
					Linux.call(SystemCall.FSOPEN, type, Linux.text(arena, type).address(), MountApi.FSOPEN_CLOEXEC),
					type);
		}
	}

	/** See fsconfig(2): sets an option to a text of at most 255 bytes. */
	static void set(Fd context, String option, String value) {
		try (Arena arena = Arena.ofConfined()) {
			configure(context, option + "=" + value, MountApi.FSCONFIG_SET_STRING, Linux.text(arena, option),
					Linux.text(arena, value));
		}
	}

	/** See fsconfig(2): sets an option that has no value. */
	static void set(Fd context, String option) {
		try (Arena arena = Arena.ofConfined()) {
			configure(context, option, MountApi.FSCONFIG_SET_FLAG, Linux.text(arena, option), MemorySegment.NULL);
		}
	}

	/** See fsconfig(2) and fsmount(2): makes the file system and a mount of it. */
	static Fd create(Fd context, String name, long attributes) {
		configure(context, name, MountApi.FSCONFIG_CMD_CREATE, MemorySegment.NULL, MemorySegment.NULL);
		return new Fd(Linux.call(SystemCall.FSMOUNT, name, context.number(), MountApi.FSMOUNT_CLOEXEC, attributes),
				name);
	}

	private static void configure(Fd context, String object, int command, MemorySegment key, MemorySegment value) {
		try {
			Linux.call(SystemCall.FSCONFIG, object, context.number(), command, key.address(), value.address(), 0);
		}
		catch (LinuxException ex) {
			String reason = reason(context);
			throw reason.isEmpty() ? ex : new LinuxException(ex.operation(), ex.object(), ex.errno(), reason);
		}
	}

	/** The kernel leaves sentences to read in a context that failed: "e overlay: …". */
	private static String reason(Fd context) {
		StringBuilder reason = new StringBuilder();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment line = arena.allocate(1024);
			long length = context.read(line);
			for (int lines = 0; length > 0 && lines < 8; lines++) {
				String text = StandardCharsets.UTF_8.decode(line.asSlice(0, length).asByteBuffer()).toString().strip();
				reason.append(reason.isEmpty() ? "" : "; ").append(text.startsWith("e ") ? text.substring(2) : text);
				length = context.read(line);
			}
		}
		return reason.toString();
	}

}
