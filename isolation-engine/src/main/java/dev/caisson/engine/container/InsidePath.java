package dev.caisson.engine.container;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.rootfs.RootView;
import dev.caisson.engine.tar.KernelFiles;
import dev.caisson.engine.tar.TarEntry;

/**
 * Something in a container that was found by its path: the directory that it is in and
 * its name there. The last name of a path is not followed if it is a symbolic link,
 * unless a slash or {@code /.} comes behind it.
 *
 * @param parent the directory
 * @param entry its name there
 * @param status what it is
 * @param archiveName the name under which Docker archives it
 */
record InsidePath(Fd parent, byte[] entry, PathStatus status, String archiveName) implements AutoCloseable {

	private static final int IN_ROOT = Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS;

	static InsidePath find(RootView view, String path) {
		String clean = clean(path);
		boolean followed = clean.equals("/") || path.endsWith("/") || path.endsWith("/.") || path.equals(".");
		String name = name(path, clean);
		Fd parent = directory(view, followed ? clean : clean.substring(0, clean.lastIndexOf('/') + 1), path);
		try (FileTree files = new FileTree()) {
			byte[] entry = followed ? TarEntry.bytes(".") : name.getBytes(StandardCharsets.UTF_8);
			FileStatus status = files.status(parent, entry);
			if (status == null) {
				throw new FileRefusedException(FileRefusedException.Reason.NOT_FOUND, path);
			}
			String target = (status.type() == FileStatus.S_IFLNK) ? view.follow(clean) : "";
			return new InsidePath(parent, entry, PathStatus.of(name, status, target),
					TarEntry.text(name.getBytes(StandardCharsets.UTF_8)));
		}
		catch (RuntimeException ex) {
			parent.close();
			throw ex;
		}
	}

	private static String name(String path, String clean) {
		if (path.endsWith("/.") || path.equals(".")) {
			return ".";
		}
		return clean.equals("/") ? "/" : clean.substring(clean.lastIndexOf('/') + 1);
	}

	/**
	 * Absolute, without detours: {@code ..} goes back by the name, as in Docker, whatever
	 * links there are.
	 */
	static String clean(String path) {
		if (path.indexOf('\0') >= 0) {
			throw new FileRefusedException(FileRefusedException.Reason.NOT_FOUND, path.replace("\0", "\\0"));
		}
		Deque<String> names = new ArrayDeque<>();
		for (String name : path.split("/")) {
			if (name.equals("..")) {
				names.pollLast();
			}
			else if (!name.isEmpty() && !name.equals(".")) {
				names.addLast(name);
			}
		}
		return "/" + String.join("/", names);
	}

	/**
	 * A directory, links followed.
	 * @param asked the path that the client knows
	 */
	static Fd directory(RootView view, String path, String asked) {
		try {
			Fd directory = view.root().openAt(path, Fd.O_PATH | Fd.O_DIRECTORY, 0, IN_ROOT);
			if (KernelFiles.contain(directory)) {
				directory.close();
				throw new FileRefusedException(FileRefusedException.Reason.KERNEL_FILES, asked);
			}
			return directory;
		}
		catch (LinuxException ex) {
			throw switch (ex.errno()) {
				case ENOENT -> new FileRefusedException(FileRefusedException.Reason.NOT_FOUND, asked);
				case ENOTDIR -> new FileRefusedException(FileRefusedException.Reason.NOT_A_DIRECTORY, asked);
				default -> ex;
			};
		}
	}

	@Override
	public void close() {
		this.parent.close();
	}

}
