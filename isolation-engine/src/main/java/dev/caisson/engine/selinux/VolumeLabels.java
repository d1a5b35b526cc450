package dev.caisson.engine.selinux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec.Relabel;

/**
 * Gives the files of a volume a label, as {@code :z} and {@code :Z} ask for. Another
 * container may write to the volume meanwhile, so no path is ever followed: every step
 * goes from an open directory to one name in it, never through a symbolic link nor into
 * another mount. Names are bytes, carried as ISO 8859-1.
 */
public final class VolumeLabels {

	private static final String ATTRIBUTE = "security.selinux";

	/** Directories that the host itself lives in: with a new label it would not boot. */
	private static final Set<String> REFUSED = Set.of("/", "/bin", "/boot", "/dev", "/etc", "/etc/passwd", "/etc/pki",
			"/etc/shadow", "/home", "/lib", "/lib32", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run",
			"/sbin", "/srv", "/sys", "/system", "/tmp", "/usr", "/var", "/var/lib", "/var/log");

	private static final int RESOLVE = Fd.RESOLVE_BENEATH | Fd.RESOLVE_NO_SYMLINKS | Fd.RESOLVE_NO_XDEV;

	private static final int BUFFER_SIZE = 32 * 1024;

	/** struct linux_dirent64 of getdents64(2). */
	private static final long LENGTH_OFFSET = 16, TYPE_OFFSET = 18, NAME_OFFSET = 19;

	private static final int DT_UNKNOWN = 0, DT_DIR = 4;

	private final Fd top;

	private final byte[] label;

	private final Deque<String> directories = new ArrayDeque<>();

	private VolumeLabels(Fd top, String label) {
		this.top = top;
		this.label = (label + "\0").getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Refuses what must not be relabelled. Has no side effects.
	 * @throws InvalidSpecException if the host needs the directory's own label
	 */
	public static void check(Path source) {
		if (REFUSED.contains(source.normalize().toString())) {
			throw new InvalidSpecException("HostConfig.Binds",
					"SELinux relabeling of " + source.normalize() + " is not allowed");
		}
	}

	/**
	 * Relabels a file, or a directory with all below it. File systems without labels, and
	 * files that vanish meanwhile, are passed over.
	 * @throws InvalidSpecException if the host needs its own label there
	 * @throws LinuxException if the kernel refuses
	 */
	public static void relabel(Path source, Relabel how, SelinuxLabel label) throws IOException {
		if (how == Relabel.NONE) {
			return;
		}
		Path real = source.toRealPath();
		check(real);
		String value = (how == Relabel.SHARED) ? label.sharedFile() : label.file();
		try (Fd top = Fd.open(real, Fd.O_PATH | Fd.O_NOFOLLOW)) {
			new VolumeLabels(top, value).run();
		}
	}

	private void run() {
		set(this.top);
		this.directories.add(".");
		while (!this.directories.isEmpty()) {
			String path = this.directories.removeLast();
			try (Fd directory = open(this.top, path, Fd.O_RDONLY | Fd.O_DIRECTORY | Fd.O_NOFOLLOW)) {
				setAll(directory, path);
			}
			catch (LinuxException ex) {
				tolerateVanished(ex);
			}
		}
	}

	private void setAll(Fd directory, String path) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(BUFFER_SIZE, 8);
			long read;
			do {
				read = Linux.call(SystemCall.GETDENTS64, directory.name(), directory.number(), buffer.address(),
						BUFFER_SIZE);
				for (long at = 0; at < read; at += Short.toUnsignedInt(entryLength(buffer, at))) {
					set(directory, path, buffer.getString(at + NAME_OFFSET, StandardCharsets.ISO_8859_1),
							buffer.get(ValueLayout.JAVA_BYTE, at + TYPE_OFFSET));
				}
			}
			while (read > 0);
		}
	}

	private static short entryLength(MemorySegment buffer, long at) {
		return buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + LENGTH_OFFSET);
	}

	private void set(Fd directory, String path, String name, int type) {
		if (name.equals(".") || name.equals("..")) {
			return;
		}
		try (Fd file = open(directory, name, Fd.O_PATH | Fd.O_NOFOLLOW)) {
			set(file);
		}
		catch (LinuxException ex) {
			tolerateVanished(ex);
			return;
		}
		if (type == DT_DIR || type == DT_UNKNOWN) {
			this.directories.add(path + "/" + name);
		}
	}

	private void set(Fd file) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_BYTE, this.label);
			// through the descriptor: no name is looked up again
			Linux.call(SystemCall.SETXATTR, ATTRIBUTE + " of " + file.name(),
					Linux.text(arena, "/proc/self/fd/" + file.number()).address(),
					Linux.text(arena, ATTRIBUTE).address(), value.address(), value.byteSize(), 0);
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.EOPNOTSUPP)) {
				throw ex;
			}
		}
	}

	/** See openat2(2), whose path here is bytes. */
	private static Fd open(Fd directory, String path, int flags) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment how = arena.allocate(24, 8);
			how.set(ValueLayout.JAVA_LONG, 0, Integer.toUnsignedLong(flags | Fd.O_CLOEXEC));
			how.set(ValueLayout.JAVA_LONG, 16, RESOLVE);
			MemorySegment name = arena.allocateFrom(path, StandardCharsets.ISO_8859_1);
			return new Fd(Linux.call(SystemCall.OPENAT2, path, directory.number(), name.address(), how.address(),
					how.byteSize()), path);
		}
	}

	/** What was moved or replaced meanwhile, or is another mount. */
	private static void tolerateVanished(LinuxException ex) {
		if (!ex.is(Errno.ENOENT) && !ex.is(Errno.ENOTDIR) && !ex.is(Errno.ELOOP) && !ex.is(Errno.EXDEV)) {
			throw ex;
		}
	}

}
