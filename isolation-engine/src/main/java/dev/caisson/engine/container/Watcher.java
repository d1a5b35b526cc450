package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds one attached sink from the spools, on a virtual thread of its own: however slow
 * the sink is, what it has not had yet waits on disk, in the order in which it came.
 */
final class Watcher implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

	private static final int PORTION = 32 << 10;

	/** So many stretches are kept apart; beyond, the order between the streams blurs. */
	private static final int MOST_STRETCHES = 100_000;

	private final OutputSink sink;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Deque<Stretch> queue = new ArrayDeque<>();

	private final CompletableFuture<Void> done = new CompletableFuture<>();

	private long backlog;

	private long progress = System.nanoTime();

	private boolean ended;

	private boolean closed;

	private boolean cutOff;

	Watcher(OutputSink sink) {
		this.sink = sink;
	}

	void start() {
		Thread.ofVirtual().name("caisson-attached").start(this::run);
	}

	/** There is more in a spool. */
	void offer(int stream, Spool spool, long from, long to) {
		this.lock.lock();
		try {
			if (this.ended) {
				return;
			}
			if (this.backlog == 0) {
				this.progress = System.nanoTime();
			}
			Stretch last = lastOf(stream, spool);
			if (last != null && last.to == from) {
				last.to = to;
			}
			else {
				spool.retain();
				this.queue.add(new Stretch(stream, spool, from, to));
			}
			this.backlog += to - from;
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The stretch that may be made longer, null if there is none. */
	private @Nullable Stretch lastOf(int stream, Spool spool) {
		Stretch last = this.queue.peekLast();
		if (last != null && last.spool != spool && this.queue.size() >= MOST_STRETCHES) {
			last = null;
			for (Stretch each : this.queue.reversed()) {
				if (each.stream == stream) {
					last = each;
					break;
				}
			}
		}
		return (last != null && last.spool == spool) ? last : null;
	}

	/** No more will be offered. What has been is still delivered. */
	void end() {
		this.lock.lock();
		try {
			this.ended = true;
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Delivers nothing more. */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.ended = true;
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Gives a sink up that does not take what it is given. */
	void cutOff() {
		LOG.warn("an attached client has not read for long: it gets no more output");
		this.lock.lock();
		try {
			this.ended = true;
			this.cutOff = true;
			this.changed.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Completes when the sink has had everything, or will get no more. */
	CompletableFuture<Void> done() {
		return this.done;
	}

	/** Bytes that the sink has not had yet. */
	long backlog() {
		this.lock.lock();
		try {
			return this.cutOff ? 0 : this.backlog;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Nanoseconds since the sink last took something. */
	long idleNanos() {
		this.lock.lock();
		try {
			return System.nanoTime() - this.progress;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The first place of a spool that is still needed. */
	long floor(Spool spool) {
		this.lock.lock();
		try {
			for (Stretch stretch : this.queue) {
				if (stretch.spool == spool && !this.cutOff) {
					return stretch.from;
				}
			}
			return Long.MAX_VALUE;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void run() {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(PORTION, Long.BYTES);
			byte[] bytes = new byte[PORTION];
			for (Stretch next = await(); next != null; next = await()) {
				deliver(next, buffer, bytes);
			}
		}
		catch (RuntimeException ex) {
			LOG.debug("an attached client has gone", ex);
		}
		finally {
			finish();
		}
	}

	private @Nullable Stretch await() {
		this.lock.lock();
		try {
			while (this.queue.isEmpty() && !this.ended) {
				this.changed.awaitUninterruptibly();
			}
			return (this.closed || this.cutOff) ? null : this.queue.peek();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void deliver(Stretch stretch, MemorySegment buffer, byte[] bytes) {
		long most = stretch.length(this.lock);
		int count = stretch.spool.read(stretch.from, buffer.asSlice(0, Math.min(PORTION, most)));
		MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
		this.sink.output(stretch.stream, ByteBuffer.wrap(bytes, 0, count));
		this.lock.lock();
		try {
			stretch.from += count;
			this.backlog -= count;
			this.progress = System.nanoTime();
			if (stretch.from == stretch.to && this.queue.peek() == stretch) {
				this.queue.remove();
				stretch.spool.release();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void finish() {
		boolean tell;
		this.lock.lock();
		try {
			tell = !this.closed;
			this.ended = true;
			letGo();
		}
		finally {
			this.lock.unlock();
		}
		try {
			if (tell) {
				this.sink.end();
			}
		}
		catch (RuntimeException ex) {
			LOG.debug("an attached client has gone", ex);
		}
		finally {
			this.done.complete(null);
		}
	}

	/** On the watcher's thread alone, which may be reading from one of them. */
	private void letGo() {
		this.queue.forEach((stretch) -> stretch.spool.release());
		this.queue.clear();
		this.backlog = 0;
	}

	/** Consecutive bytes of one spool. Guarded by the lock, but for what is final. */
	private static final class Stretch {

		private final int stream;

		private final Spool spool;

		/** Changed by the watcher's thread alone. */
		private long from;

		private long to;

		Stretch(int stream, Spool spool, long from, long to) {
			this.stream = stream;
			this.spool = spool;
			this.from = from;
			this.to = to;
		}

		long length(ReentrantLock lock) {
			lock.lock();
			try {
				return this.to - this.from;
			}
			finally {
				lock.unlock();
			}
		}

	}

}
