package dev.caisson.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * A root that is this process's alone until the lock is closed or the process ends, in
 * whatever way it ends. See flock(2); the POSIX locks that Java's FileLock takes would
 * fall when anything in this process opened and closed the file.
 */
final class RootLock implements AutoCloseable {

	/** Of fcntl.h: LOCK_EX | LOCK_NB. */
	private static final int EXCLUSIVE_AT_ONCE = 2 | 4;

	/** Other users may reach a socket below it, and see nothing. */
	private static final Set<PosixFilePermission> TRAVERSABLE = PosixFilePermissions.fromString("rwx--x--x");

	private final Fd file;

	private RootLock(Fd file) {
		this.file = file;
	}

	/**
	 * Makes the root if it is not there, and locks it.
	 * @param name what the operator calls it, such as {@code data root}
	 * @throws RootRefusedException if it cannot be used, or is another process's
	 */
	static RootLock take(Path root, String name) {
		Path path = root.resolve("lock");
		try {
			make(root);
			return new RootLock(lock(root, path, name));
		}
		catch (IOException | LinuxException ex) {
			RootRefusedException refusal = new RootRefusedException(root,
					name + " " + root + " cannot be written (" + ex.getMessage() + ")");
			refusal.addSuppressed(ex);
			throw refusal;
		}
	}

	private static void make(Path root) throws IOException {
		if (!Files.isDirectory(root)) {
			Files.createDirectories(root);
			Files.setPosixFilePermissions(root, TRAVERSABLE);
		}
	}

	private static Fd lock(Path root, Path path, String name) {
		Fd file = Fd.open(path, Fd.O_RDWR | Fd.O_CREAT | Fd.O_NOFOLLOW, 0600);
		try {
			Linux.call(SystemCall.FLOCK, path.toString(), file.number(), EXCLUSIVE_AT_ONCE);
			Linux.call(SystemCall.FTRUNCATE, path.toString(), file.number(), 0);
			file.writeText(ProcessHandle.current().pid() + "\n");
			return file;
		}
		catch (LinuxException ex) {
			file.close();
			if (ex.is(Errno.EAGAIN)) {
				throw new RootRefusedException(root,
						name + " " + root + " is in use by another running instance (process " + owner(path) + ")");
			}
			throw ex;
		}
	}

	private static String owner(Path path) {
		try {
			return Files.readString(path).strip();
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

	@Override
	public void close() {
		this.file.close();
	}

}
