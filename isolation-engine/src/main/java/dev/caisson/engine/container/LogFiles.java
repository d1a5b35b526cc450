package dev.caisson.engine.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.GZIPOutputStream;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one log: the current one, and the older ones {@code .1}, {@code .2}… Each
 * has a generation, counted from an arbitrary start, by which a reader goes on from one
 * to the next while they are renamed. One thread writes; many may read.
 */
final class LogFiles implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);

	private static final int SEEK_END = 2;

	private final Path current;

	private final LogSettings settings;

	private final RotatedLogs rotated;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable Fd file;

	private long inode;

	private long size;

	private int generation;

	private boolean live;

	LogFiles(Path current, LogSettings settings) {
		this.current = current;
		this.rotated = new RotatedLogs(current, settings.maxFiles());
		this.settings = settings;
		this.size = sizeOf(current);
	}

	/** Followers wait for more from now on. */
	void begin() {
		setLive(true);
	}

	/** No more will come: followers stop. */
	void end() {
		setLive(false);
	}

	private void setLive(boolean value) {
		this.lock.lock();
		try {
			this.live = value;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isLive() {
		this.lock.lock();
		try {
			return this.live;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether the next entry belongs into a new file. */
	boolean isFull(long pending) {
		return this.settings.maxSize() > 0 && this.size + pending >= this.settings.maxSize();
	}

	long size() {
		return this.size;
	}

	/** The inode of the current file, made if missing. */
	long inode() {
		open();
		return this.inode;
	}

	/**
	 * Writes behind the end as it is known; so an append that failed halfway is written
	 * over by the next.
	 */
	void append(MemorySegment data) {
		Fd open = open();
		for (long done = 0; done < data.byteSize();) {
			done += Linux.call(SystemCall.PWRITE64, open.name(), open.number(), data.address() + done,
					data.byteSize() - done, this.size + done);
		}
		this.lock.lock();
		try {
			this.size += data.byteSize();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Makes the current file the newest of the old ones, and begins another. */
	void rotate() {
		this.lock.lock();
		try {
			close();
			if (this.settings.maxFiles() > 1) {
				this.rotated.takeIn(this.current);
			}
			else {
				replaceByEmpty();
			}
			this.generation++;
			this.size = 0;
			this.changed.signalAll();
		}
		catch (IOException ex) {
			throw new LinuxException("rotate", this.current.toString(), Errno.EIO, String.valueOf(ex.getMessage()));
		}
		finally {
			this.lock.unlock();
		}
		open();
	}

	/**
	 * A file of its own inode, so that one whose rotation was cut short is not taken for
	 * it.
	 */
	private void replaceByEmpty() throws IOException {
		Path empty = this.current.resolveSibling(this.current.getFileName() + ".new");
		Files.write(empty, new byte[0]);
		Files.move(empty, this.current, StandardCopyOption.REPLACE_EXISTING);
	}

	/**
	 * Compresses the newest of the old files, on a thread of its own. To be called when
	 * the rotation has been recorded. Whoever reads the file meanwhile goes on with it.
	 */
	void compressRotated() {
		if (this.settings.compress()) {
			int rotated = this.generation - 1;
			Thread.ofVirtual().name("caisson-log-compression").start(() -> compress(rotated));
		}
	}

	private void compress(int rotated) {
		Path target = this.current.resolveSibling(this.current.getFileName() + "." + rotated + ".gz.new");
		try {
			try (InputStream plain = openOld(rotated);
					OutputStream packed = new GZIPOutputStream(Files.newOutputStream(target), 1 << 16)) {
				plain.transferTo(packed);
			}
			replaceOld(rotated, target);
		}
		catch (IOException ex) {
			// too many rotations meanwhile, a full disk, or no container any more: it
			// stays as it is
			LOG.debug("{} is not compressed", this.current, ex);
		}
		finally {
			target.toFile().delete();
		}
	}

	/** Opened under the lock: the next rotation gives it another name. */
	private InputStream openOld(int wanted) throws IOException {
		this.lock.lock();
		try {
			return Files.newInputStream(this.rotated.plain(this.generation - wanted));
		}
		finally {
			this.lock.unlock();
		}
	}

	private void replaceOld(int wanted, Path packed) throws IOException {
		this.lock.lock();
		try {
			int index = this.generation - wanted;
			if (index < this.settings.maxFiles() && Files.exists(this.rotated.plain(index))) {
				Files.move(packed, this.rotated.packed(index), StandardCopyOption.REPLACE_EXISTING);
				Files.delete(this.rotated.plain(index));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Goes back to a place that was recorded, when a service was killed: what was written
	 * behind it is cut off.
	 */
	void restore(LogPosition.Mark mark) {
		if (mark.logFile() == 0) {
			return;
		}
		for (int i = 0; i < this.settings.maxFiles(); i++) {
			Path path = (i == 0) ? this.current : this.rotated.plain(i);
			if (inodeOf(path) == mark.logFile()) {
				truncate(path, mark.logSize());
				if (i > 0) {
					truncate(this.current, 0);
				}
				this.size = sizeOf(this.current);
				return;
			}
		}
		// the only file was replaced, and nothing of the new one has been recorded
		truncate(this.current, 0);
		this.size = sizeOf(this.current);
	}

	private static void truncate(Path path, long size) {
		if (Files.exists(path)) {
			try (Fd file = Fd.open(path, Fd.O_RDWR)) {
				Linux.call(SystemCall.FTRUNCATE, path.toString(), file.number(), size);
			}
		}
	}

	private Fd open() {
		Fd open = this.file;
		if (open == null) {
			open = Fd.open(this.current, Fd.O_RDWR | Fd.O_CREAT, 0640);
			this.file = open;
			this.inode = inodeOf(this.current);
			this.size = Linux.call(SystemCall.LSEEK, open.name(), open.number(), 0, SEEK_END);
			endLastLine(open);
		}
		return open;
	}

	/** A machine that lost its power may leave half a line. */
	private void endLastLine(Fd open) {
		if (this.size == 0) {
			return;
		}
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment last = arena.allocate(1);
			Linux.call(SystemCall.PREAD64, open.name(), open.number(), last.address(), 1, this.size - 1);
			if (last.get(ValueLayout.JAVA_BYTE, 0) != '\n') {
				last.set(ValueLayout.JAVA_BYTE, 0, (byte) '\n');
				Linux.call(SystemCall.PWRITE64, open.name(), open.number(), last.address(), 1, this.size);
				this.size++;
			}
		}
	}

	/** What can be read, the oldest first. The files are the caller's. */
	List<LogPart> parts() {
		this.lock.lock();
		try {
			List<LogPart> parts = new ArrayList<>();
			for (int i = this.settings.maxFiles() - 1; i >= 0; i--) {
				part(i).ifPresent(parts::add);
			}
			return parts;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The part that comes after one, or what comes first if that is gone already. */
	Optional<LogPart> after(LogPart part) {
		this.lock.lock();
		try {
			int index = Math.min(this.generation - part.generation() - 1, this.settings.maxFiles() - 1);
			for (int i = index; i >= 0; i--) {
				Optional<LogPart> next = part(i);
				if (next.isPresent()) {
					return next;
				}
			}
			return Optional.empty();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Optional<LogPart> part(int index) {
		Optional<LogPart> plain = part(index, (index == 0) ? this.current : this.rotated.plain(index), false);
		return (plain.isPresent() || index == 0) ? plain : part(index, this.rotated.packed(index), true);
	}

	private Optional<LogPart> part(int index, Path path, boolean compressed) {
		try {
			return Optional.of(new LogPart(this.generation - index, Fd.open(path, Fd.O_RDONLY), compressed));
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.ENOENT)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	/** How far a part may be read: the writer may be in the middle of what follows. */
	long readable(LogPart part) {
		this.lock.lock();
		try {
			if (part.generation() == this.generation) {
				return this.size;
			}
		}
		finally {
			this.lock.unlock();
		}
		return Linux.call(SystemCall.LSEEK, "log", part.file().number(), 0, SEEK_END);
	}

	/**
	 * Waits until there is more than what has been read.
	 * @param part the part in hand; null if there is no log yet
	 * @param patience how long to wait at most
	 * @return whether it is worth while to look again; false at the end of the run
	 */
	boolean awaitMore(@Nullable LogPart part, long read, Duration patience) throws InterruptedException {
		long nanos = patience.toNanos();
		this.lock.lockInterruptibly();
		try {
			while (!hasMore(part, read)) {
				if (!this.live || nanos <= 0) {
					return false;
				}
				nanos = this.changed.awaitNanos(nanos);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean hasMore(@Nullable LogPart part, long read) {
		return (part == null) ? this.size > 0 : part.generation() != this.generation || this.size > read;
	}

	private static long sizeOf(Path path) {
		try {
			return Files.exists(path) ? Files.size(path) : 0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("size of " + path, ex);
		}
	}

	private static long inodeOf(Path path) {
		try {
			return Files.exists(path) ? (Long) Files.getAttribute(path, "unix:ino") : -1;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("inode of " + path, ex);
		}
	}

	@Override
	public void close() {
		if (this.file != null) {
			this.file.close();
			this.file = null;
		}
	}

}
