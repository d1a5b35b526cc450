package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * The standard input of one run after the other. Writers wait for the start, and while
 * the pipe is full. Safe for use by many threads, whose writes do not mix.
 */
final class Input {

	private static final int PORTION = 64 << 10;

	private final EventLoop loop;

	/** Held by one writer for all of its data. */
	private final ReentrantLock writing = new ReentrantLock();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable Fd target;

	private EventLoop.@Nullable Watch watch;

	private boolean keptOpen;

	private boolean running;

	/** Asked for, before the run or in it. */
	private boolean closed;

	private boolean writable = true;

	private boolean removed;

	Input(EventLoop loop) {
		this.loop = loop;
	}

	/**
	 * A run has begun.
	 * @param pipe the writing end, non-blocking, or the terminal's; null if standard
	 * input is /dev/null
	 * @param keepOpen whether it shall stay open when its writers have gone
	 */
	void begin(@Nullable Fd pipe, boolean keepOpen) {
		this.lock.lock();
		try {
			this.target = pipe;
			this.keptOpen = keepOpen;
			this.running = true;
			this.writable = true;
			if (this.closed) {
				closeTarget();
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The run has ended: who still writes, writes to nobody. */
	void end() {
		this.lock.lock();
		try {
			letGo();
			this.running = false;
			this.closed = false;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** No run will come. */
	void remove() {
		this.lock.lock();
		try {
			this.removed = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Writes all of it, to the run under way or the next one. What nobody reads any more,
	 * because standard input is not open or its reader is gone, is dropped.
	 */
	void write(ByteBuffer data) {
		this.writing.lock();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(Math.clamp(data.remaining(), 1, PORTION));
			while (data.hasRemaining()) {
				int count = Math.min(data.remaining(), (int) buffer.byteSize());
				MemorySegment portion = buffer.asSlice(0, count);
				portion.copyFrom(MemorySegment.ofBuffer(data.slice(data.position(), count)));
				data.position(data.position() + count);
				writePortion(portion);
			}
		}
		finally {
			this.writing.unlock();
		}
	}

	private void writePortion(MemorySegment portion) {
		this.lock.lock();
		try {
			for (long done = 0; done < portion.byteSize();) {
				Fd open = awaitWritable();
				if (open == null) {
					return;
				}
				long count = open.write(portion.asSlice(done));
				if (count == -Errno.EAGAIN.number()) {
					waitForRoom(open);
				}
				else if (count >= 0) {
					done += count;
				}
				else if (count == -Errno.EPIPE.number() || count == -Errno.EIO.number()) {
					return;
				}
				else if (count != -Errno.EINTR.number()) {
					throw new LinuxException("write", open.name(), Errno.of(-count));
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Null if nobody will ever read. */
	private @Nullable Fd awaitWritable() {
		while (!this.removed && (!this.running || (this.target != null && !this.writable))) {
			try {
				this.changed.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new LinuxException("write", "standard input", Errno.EINTR);
			}
		}
		return this.removed ? null : this.target;
	}

	private void waitForRoom(Fd open) {
		this.writable = false;
		if (this.watch == null) {
			this.watch = this.loop.watch(open, EventLoop.WRITABLE, (_) -> hasRoom());
		}
		else {
			this.watch.want(EventLoop.WRITABLE);
		}
	}

	private void hasRoom() {
		this.lock.lock();
		try {
			if (this.watch != null) {
				this.watch.want(0);
			}
			this.writable = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends standard input, of the run under way or the next one, unless it is kept open.
	 * Waits for nobody: what another thread is writing is cut short.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			if (this.running) {
				closeTarget();
			}
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void closeTarget() {
		if (!this.keptOpen) {
			letGo();
		}
	}

	private void letGo() {
		if (this.watch != null) {
			this.watch.close();
			this.watch = null;
		}
		if (this.target != null) {
			this.target.close();
			this.target = null;
		}
	}

}
