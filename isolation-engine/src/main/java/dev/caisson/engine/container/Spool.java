package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * The output of one stream between the pipe and those who want it: the log and whoever is
 * attached. One splice(2) takes bytes out of the pipe and puts them into this file; so
 * whenever the service is killed, each byte is in one of the two. What all have read is
 * given back as a hole, so that offsets only grow and the file stays small.
 * <p>
 * {@link #fill} and {@link #discard} are for one thread; the others are for many. The
 * file is closed when its last user has let go of it.
 */
final class Spool {

	/** Of linux/splice.h: do not wait for data. */
	private static final int SPLICE_F_MOVE = 1, SPLICE_F_NONBLOCK = 2;

	private static final int SEEK_END = 2, FALLOC_FL_KEEP_SIZE = 1, FALLOC_FL_PUNCH_HOLE = 2;

	/** Of poll.h. */
	private static final short POLLIN = 1, POLLHUP = 0x10;

	/** How much is consumed before it is given back. */
	private static final long HOLE = 1 << 20;

	/** Most that one splice moves: what a pipe holds. */
	static final int PORTION = 256 << 10;

	private final Path path;

	/** Opened when there is something to put in. */
	private @Nullable Fd file;

	private final MemorySegment offset = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

	private final AtomicInteger users = new AtomicInteger(1);

	private volatile long written;

	private long discarded;

	/** A spool that goes on where an earlier service left it. */
	Spool(Path path) {
		this.path = path;
		if (Files.exists(path)) {
			Fd open = file();
			this.written = Linux.call(SystemCall.LSEEK, open.name(), open.number(), 0, SEEK_END);
		}
	}

	private Fd file() {
		Fd open = this.file;
		if (open == null) {
			open = Fd.open(this.path, Fd.O_RDWR | Fd.O_CREAT, 0600);
			this.file = open;
		}
		return open;
	}

	/** How much has ever been written to it. */
	long written() {
		return this.written;
	}

	/**
	 * Takes what a pipe holds, up to a portion.
	 * @return how much, 0 at the end of the pipe, or the negative error number EAGAIN
	 * @throws LinuxException if the file cannot take it: it stays in the pipe
	 */
	long fill(Fd pipe) {
		if (this.file == null && isAtEnd(pipe)) {
			return 0;
		}
		Fd open = file();
		this.offset.set(ValueLayout.JAVA_LONG, 0, this.written);
		long moved = Linux.attempt(SystemCall.SPLICE, pipe.number(), 0, open.number(), this.offset.address(), PORTION,
				SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
		if (moved > 0) {
			this.written += moved;
		}
		else if (moved < 0 && moved != -Errno.EAGAIN.number() && moved != -Errno.EINTR.number()) {
			throw new LinuxException("splice output to", open.name(), Errno.of(-moved));
		}
		return moved;
	}

	/** Most programs write nothing to one of their streams: that needs no file. */
	private static boolean isAtEnd(Fd pipe) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment poll = arena.allocate(24, 8);
			poll.set(ValueLayout.JAVA_INT, 0, pipe.number());
			poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
			Linux.call(SystemCall.PPOLL, pipe.name(), poll.address(), 1, poll.address() + 8, 0, 0);
			return poll.get(ValueLayout.JAVA_SHORT, 6) == POLLHUP;
		}
	}

	/** Appends what could not be spliced. */
	void append(MemorySegment data) {
		Fd open = file();
		for (long done = 0; done < data.byteSize();) {
			done += Linux.call(SystemCall.PWRITE64, open.name(), open.number(), data.address() + done,
					data.byteSize() - done, this.written + done);
		}
		this.written += data.byteSize();
	}

	/**
	 * Reads from a place.
	 * @return how much, never more than has been written
	 */
	int read(long from, MemorySegment into) {
		long most = Math.min(into.byteSize(), this.written - from);
		if (most <= 0) {
			return 0;
		}
		Fd open = file();
		return (int) Linux.call(SystemCall.PREAD64, open.name(), open.number(), into.address(), most, from);
	}

	/** Gives back the space of what nobody will read again. */
	void discard(long upTo) {
		if (upTo - this.discarded >= HOLE) {
			long end = upTo & -HOLE;
			// best effort: a file system without holes keeps the bytes until the end
			Linux.attempt(SystemCall.FALLOCATE, file().number(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					this.discarded, end - this.discarded);
			this.discarded = end;
		}
	}

	void retain() {
		this.users.incrementAndGet();
	}

	void release() {
		if (this.users.decrementAndGet() == 0 && this.file != null) {
			this.file.close();
		}
	}

}
