package dev.caisson.engine.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * A directory of a cgroup file system: one group in one hierarchy.
 *
 * @param path where it is
 * @param version whose files it has
 */
record Directory(Path path, Version version) {

	/** Of fcntl.h. */
	private static final int AT_REMOVEDIR = 0x200;

	private static final long FIRST_PAUSE = Duration.ofNanos(50_000).toNanos();

	private static final long LONGEST_PAUSE = Duration.ofMillis(10).toNanos();

	Directory child(String name) {
		return new Directory(this.path.resolve(name), this.version);
	}

	Directory parent() {
		return new Directory(Objects.requireNonNull(this.path.getParent()), this.version);
	}

	Path file(String name) {
		return this.path.resolve(name);
	}

	boolean has(String file) {
		return Files.exists(file(file));
	}

	String read(String file) {
		return ControlFile.read(file(file));
	}

	/** The content of a file that not every kernel has. */
	Optional<String> find(String file) {
		try {
			return Optional.of(read(file));
		}
		catch (LinuxException ex) {
			// EOPNOTSUPP: pressure files of a kernel that was started with psi=0
			if (ex.is(Errno.ENOENT) || ex.is(Errno.EOPNOTSUPP)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	void write(String file, String text) {
		ControlFile.write(file(file), text);
	}

	void write(Setting setting) {
		try {
			write(setting.file(), setting.text());
		}
		catch (LinuxException ex) {
			if (!setting.optional() || !ex.is(Errno.ENOENT)) {
				throw ex;
			}
		}
	}

	/** Makes it. A directory that was left over, empty, is made anew. */
	void make() {
		long result = mkdir();
		if (result == -Errno.EEXIST.number()) {
			// what is left of an earlier group has that group's limits and counters
			remove(Duration.ZERO);
			result = mkdir();
		}
		if (result < 0) {
			throw new LinuxException("mkdir", this.path.toString(), Errno.of(-result));
		}
	}

	/** Makes it unless it is there. */
	void ensure() {
		long result = mkdir();
		if (result < 0 && result != -Errno.EEXIST.number()) {
			throw new LinuxException("mkdir", this.path.toString(), Errno.of(-result));
		}
	}

	/**
	 * Removes it and all groups below it. Nothing happens if it is gone.
	 * @param patience how long to wait for processes that are about to exit: the kernel
	 * lets go of a group only some time after it has told the parent of the exit
	 * @throws LinuxException EBUSY if processes stay in it
	 */
	void remove(Duration patience) {
		long end = System.nanoTime() + patience.toNanos();
		long pause = FIRST_PAUSE;
		long result = rmdir();
		while (result == -Errno.EBUSY.number()) {
			children().forEach((child) -> child.remove(Duration.ofNanos(Math.max(0, end - System.nanoTime()))));
			result = rmdir();
			if (result != -Errno.EBUSY.number() || System.nanoTime() >= end) {
				break;
			}
			LockSupport.parkNanos(pause);
			pause = Math.min(2 * pause, LONGEST_PAUSE);
		}
		if (result == -Errno.EBUSY.number()) {
			throw new LinuxException("rmdir", this.path.toString(), Errno.EBUSY, "still in it: " + processes());
		}
		if (result < 0 && result != -Errno.ENOENT.number()) {
			throw new LinuxException("rmdir", this.path.toString(), Errno.of(-result));
		}
	}

	/** The groups directly below. */
	List<Directory> children() {
		try (Stream<Path> entries = Files.list(this.path)) {
			return entries.filter(Files::isDirectory).map((entry) -> new Directory(entry, this.version)).toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list " + this.path + ": " + ex.getMessage(), ex);
		}
	}

	/** The processes in it and in all groups below; none if it is gone. */
	List<Integer> processes() {
		List<Integer> processes = new ArrayList<>();
		collect(processes);
		return processes;
	}

	private void collect(List<Integer> processes) {
		try {
			// 0 stands for processes that our own pid namespace does not show
			read("cgroup.procs").lines().map(Integer::valueOf).filter((pid) -> pid > 0).forEach(processes::add);
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.ENOENT) && !ex.is(Errno.ENODEV)) {
				throw ex;
			}
		}
		children().forEach((child) -> child.collect(processes));
	}

	private long mkdir() {
		try (Arena arena = Arena.ofConfined()) {
			return Linux.attempt(SystemCall.MKDIRAT, Linux.AT_FDCWD, Linux.text(arena, this.path.toString()).address(),
					0755);
		}
	}

	private long rmdir() {
		try (Arena arena = Arena.ofConfined()) {
			return Linux.attempt(SystemCall.UNLINKAT, Linux.AT_FDCWD, Linux.text(arena, this.path.toString()).address(),
					AT_REMOVEDIR);
		}
	}

}
