package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * The files of a container that is not running, seen from the service through the
 * descriptor of its root. Every byte in it may be an attack: no path leads out, nothing
 * but regular files is opened for reading, and no more is read than expected.
 */
final class ImageRoot {

	private static final int INSIDE = Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS;

	/** As many as the kernel follows, see path_resolution(7). */
	private static final int MOST_LINKS = 40;

	/** Of linux/limits.h: PATH_MAX. */
	private static final int LONGEST_PATH = 4096;

	private final Fd root;

	ImageRoot(Fd root) {
		this.root = root;
	}

	/** What is at a path, symbolic links followed; empty if nothing. */
	Optional<FileStatus> status(String path) {
		try (Fd file = this.root.openAt(path, Fd.O_PATH, 0, INSIDE)) {
			return Optional.of(FileStatus.of(file));
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.ENOENT) || ex.is(Errno.ENOTDIR)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	/** Whether there is a symbolic link at the path itself. */
	boolean isLink(String path) {
		return readLink(path).isPresent();
	}

	/**
	 * Reads a regular file; empty if there is none.
	 * @throws LinuxException if it is something else, EFBIG if it is larger than expected
	 */
	Optional<String> read(String path, int most) {
		// looked at before it is opened: opening a device or a pipe has effects
		try (Fd found = this.root.openAt(path, Fd.O_PATH, 0, INSIDE)) {
			if (!FileStatus.of(found).regular()) {
				throw new LinuxException("read", path, Errno.EINVAL, "in the image it is not a regular file");
			}
			try (Fd file = Fd.open(Path.of("/proc/self/fd/" + found.number()), Fd.O_RDONLY)) {
				return Optional.of(readAll(file, path, most));
			}
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.ENOENT) || ex.is(Errno.ENOTDIR)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	private static String readAll(Fd file, String path, int most) {
		long size = FileStatus.of(file).size();
		if (size > most) {
			throw new LinuxException("read", path, Errno.EFBIG, "in the image it has more than " + most + " bytes");
		}
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(size + 1);
			long length = file.read(buffer);
			if (length < 0) {
				throw new LinuxException("read", path, Errno.of(-length));
			}
			return new String(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Makes sure that a path exists, as something to mount on. Symbolic links are
	 * followed inside the root, also where they point to nothing yet, as Docker does.
	 * @param directory whether it shall be a directory, if it does not exist
	 * @return the permissions it has
	 */
	int ensure(String path, boolean directory) {
		Optional<FileStatus> existing = status(path);
		if (existing.isPresent()) {
			return existing.get().permissions();
		}
		make(path, directory);
		return directory ? 0755 : 0644;
	}

	private void make(String path, boolean directory) {
		Deque<String> ahead = new ArrayDeque<>(names(path));
		List<String> behind = new ArrayList<>();
		int links = 0;
		while (!ahead.isEmpty()) {
			String name = ahead.pop();
			if (name.equals("..")) {
				if (!behind.isEmpty()) {
					behind.removeLast();
				}
				continue;
			}
			behind.add(name);
			String here = String.join("/", behind);
			Optional<String> link = readLink(here);
			if (link.isEmpty()) {
				makeOne(here, directory || !ahead.isEmpty());
				continue;
			}
			if (++links > MOST_LINKS || here.length() + link.get().length() > LONGEST_PATH) {
				throw new LinuxException("make", path, Errno.ELOOP, "the image's symbolic links at /" + here + " loop");
			}
			behind = link.get().startsWith("/") ? new ArrayList<>() : behind;
			if (!behind.isEmpty()) {
				behind.removeLast();
			}
			names(link.get()).reversed().forEach(ahead::push);
		}
	}

	private static List<String> names(String path) {
		List<String> names = new ArrayList<>();
		for (String name : path.split("/")) {
			if (!name.isEmpty() && !name.equals(".")) {
				names.add(name);
			}
		}
		return names;
	}

	private Optional<String> readLink(String path) {
		try (Arena arena = Arena.ofConfined(); Fd link = this.root.openAt(path, Fd.O_PATH | Fd.O_NOFOLLOW, 0, INSIDE)) {
			MemorySegment target = arena.allocate(LONGEST_PATH);
			long length = Linux.attempt(SystemCall.READLINKAT, link.number(), Linux.text(arena, "").address(),
					target.address(), target.byteSize());
			return (length < 0) ? Optional.empty() : Optional
				.of(new String(target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.ENOENT) || ex.is(Errno.ENOTDIR)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	/**
	 * The path itself with every symbolic link followed inside, as far as there is
	 * something at it. Somebody may change that meanwhile: it is for showing, or to be
	 * resolved again.
	 */
	String follow(String path) {
		Deque<String> ahead = new ArrayDeque<>(names(path));
		List<String> behind = new ArrayList<>();
		for (int links = 0; !ahead.isEmpty();) {
			String name = ahead.pop();
			if (name.equals("..")) {
				if (!behind.isEmpty()) {
					behind.removeLast();
				}
				continue;
			}
			behind.add(name);
			Optional<String> link = readLink(String.join("/", behind));
			if (link.isPresent()) {
				if (++links > MOST_LINKS) {
					throw new LinuxException("follow", path, Errno.ELOOP);
				}
				behind = link.get().startsWith("/") ? new ArrayList<>() : behind;
				if (!behind.isEmpty()) {
					behind.removeLast();
				}
				names(link.get()).reversed().forEach(ahead::push);
			}
		}
		return "/" + String.join("/", behind);
	}

	/** Makes the last name of a path that has no symbolic links. */
	private void makeOne(String path, boolean directory) {
		int slash = path.lastIndexOf('/');
		String parent = (slash < 0) ? "." : path.substring(0, slash);
		try (Arena arena = Arena.ofConfined();
				Fd place = this.root.openAt(parent, Fd.O_PATH | Fd.O_DIRECTORY, 0,
						Fd.RESOLVE_BENEATH | Fd.RESOLVE_NO_SYMLINKS)) {
			long name = Linux.text(arena, path.substring(slash + 1)).address();
			long result = directory ? Linux.attempt(SystemCall.MKDIRAT, place.number(), name, 0755)
					: Linux.attempt(SystemCall.MKNODAT, place.number(), name, DeviceNode.S_IFREG | 0644, 0);
			if (result < 0 && result != -Errno.EEXIST.number()) {
				throw new LinuxException("make", "/" + path + " in the container", Errno.of(-result));
			}
		}
	}

}
