package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/** A file of the service's that a container sees as its own. */
final class ServiceFile {

	private ServiceFile() {
	}

	/**
	 * Opens it as a private mount.
	 * @param label the SELinux label it gets; empty for none
	 * @param root whose owner it gets: the container's root, if that is not the host's
	 */
	static Fd open(Path file, String label, @Nullable FileStatus root) {
		if (root != null) {
			giveTo(file, root);
		}
		if (!label.isEmpty()) {
			label(file, label);
		}
		Fd mount = DetachedMount.bind(file, false);
		DetachedMount.change(mount, false, 0, MountApi.MS_PRIVATE, 0);
		return mount;
	}

	private static void giveTo(Path file, FileStatus root) {
		try {
			Files.setAttribute(file, "unix:uid", root.uid());
			Files.setAttribute(file, "unix:gid", root.gid());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("cannot give " + file + " to the container's root", ex);
		}
	}

	/** See setxattr(2) and xattr(7): the label is a C string. */
	private static void label(Path file, String label) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment value = Linux.text(arena, label);
			Linux.call(SystemCall.LSETXATTR, file + " to " + label, Linux.text(arena, file.toString()).address(),
					Linux.text(arena, "security.selinux").address(), value.address(), value.byteSize(), 0);
		}
	}

}
