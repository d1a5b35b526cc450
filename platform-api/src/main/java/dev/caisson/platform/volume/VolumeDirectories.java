package dev.caisson.platform.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.container.Trash;

/**
 * Where volumes lie: {@code NAME/_data}. What is removed goes out of the way by one
 * rename and is deleted then, or at the next start. Safe for use by many threads.
 */
final class VolumeDirectories {

	private static final String DATA = "_data", COPY = ".copy", TRASH = ".trash";

	private final Path top;

	private final Trash trash;

	VolumeDirectories(Path top) {
		this.top = top;
		this.trash = new Trash(top.resolve(TRASH), (work) -> Thread.ofPlatform().daemon().start(work));
		try {
			Files.createDirectories(top);
			// containers get to volumes by mounts; other users of the host not at all
			Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwx--x--x"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make directory " + top, ex);
		}
	}

	Path data(String name) {
		return this.top.resolve(name).resolve(DATA);
	}

	boolean exists(String name) {
		return Files.isDirectory(data(name), LinkOption.NOFOLLOW_LINKS);
	}

	/** Makes an empty one. */
	void make(String name) {
		try {
			Files.createDirectories(data(name));
			// containers of any user use it, whatever the service's umask is
			Files.setPosixFilePermissions(data(name), PosixFilePermissions.fromString("rwxr-xr-x"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make volume " + name + ": " + ex.getMessage(), ex);
		}
	}

	boolean isEmpty(String name) {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(data(name))) {
			return !files.iterator().hasNext();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list volume " + name, ex);
		}
	}

	/** An empty directory beside the volume's, to be filled and to take its place. */
	Path beginCopy(String name) {
		Path copy = this.top.resolve(name).resolve(COPY);
		discardCopy(name);
		try {
			Files.createDirectory(copy);
			Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
			return copy;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make directory " + copy, ex);
		}
	}

	/** Puts the copy in the place of the volume's directory, which is empty. */
	void adoptCopy(String name) {
		try {
			Files.move(this.top.resolve(name).resolve(COPY), data(name), StandardCopyOption.ATOMIC_MOVE,
					StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("fill volume " + name + ": " + ex.getMessage(), ex);
		}
	}

	void discardCopy(String name) {
		this.trash.withdraw(this.top.resolve(name).resolve(COPY)).run();
	}

	/**
	 * Takes a volume's directory away.
	 * @return deletes it
	 */
	Runnable withdraw(String name) {
		return this.trash.withdraw(this.top.resolve(name));
	}

	/** Deletes what a crash left half done, and answers the names of those that are. */
	List<String> recover() {
		this.trash.empty();
		List<String> names = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.top)) {
			for (Path file : files) {
				String name = file.getFileName().toString();
				if (!name.startsWith(".") && Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
					discardCopy(name);
					names.add(name);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list " + this.top, ex);
		}
		return names;
	}

}
