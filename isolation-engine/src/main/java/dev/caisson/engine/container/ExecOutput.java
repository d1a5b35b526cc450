package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of an exec'd process on its way to the one client that started it. Nothing
 * is kept: a slow client makes the process wait, as a pipe does; when the client has
 * gone, or there was none, what comes is dropped. Waiting costs no thread; moving has a
 * virtual one. Safe for use by many threads.
 */
final class ExecOutput {

	private static final Logger LOG = LoggerFactory.getLogger(ExecOutput.class);

	private static final int PORTION = 64 << 10;

	private static final Duration AFTER_HANGUP = Duration.ofMillis(50);

	private final EventLoop loop;

	private final boolean terminal;

	private final List<Channel> channels = new ArrayList<>();

	/** Null when nobody wants it. */
	private volatile @Nullable OutputSink sink;

	private volatile boolean ended;

	private volatile boolean abandoned;

	/**
	 * Takes over the descriptors.
	 * @param sources the reading ends, by number of the stream; non-blocking
	 * @param terminal whether there is but one, which is a terminal
	 */
	ExecOutput(EventLoop loop, Map<Integer, Fd> sources, boolean terminal, @Nullable OutputSink sink) {
		this.loop = loop;
		this.terminal = terminal;
		this.sink = sink;
		sources.forEach((stream, source) -> this.channels.add(new Channel(stream, source)));
	}

	/** Begins; completes when all has been delivered that will be. */
	CompletableFuture<Void> begin() {
		this.channels.forEach(Channel::begin);
		return CompletableFuture
			.allOf(this.channels.stream().map((each) -> each.done).toArray(CompletableFuture[]::new));
	}

	/**
	 * The process has ended. Who else holds a stream open may go on to use it for a
	 * while.
	 */
	void processEnded(Duration patience) {
		this.ended = true;
		this.channels.forEach(Channel::ready);
		this.loop.schedule(patience, () -> {
			this.abandoned = true;
			this.channels.forEach(Channel::ready);
		});
	}

	/** Closes everything of this service. */
	void letGo() {
		this.channels.forEach(Channel::letGo);
	}

	private void deliver(int stream, ByteBuffer data) {
		OutputSink target = this.sink;
		if (target == null) {
			return;
		}
		try {
			target.output(stream, data);
		}
		catch (RuntimeException ex) {
			LOG.debug("the client of an exec has gone", ex);
			this.sink = null;
		}
	}

	private final class Channel {

		private final int stream;

		private final Fd source;

		private final CompletableFuture<Void> done = new CompletableFuture<>();

		private EventLoop.@Nullable Watch watch;

		/** A thread is moving. Guarded by this, as is what follows. */
		private boolean busy;

		private boolean closed;

		private boolean released;

		Channel(int stream, Fd source) {
			this.stream = stream;
			this.source = source;
		}

		synchronized void begin() {
			this.watch = ExecOutput.this.loop.watch(this.source, EventLoop.READABLE, (_) -> ready());
		}

		void ready() {
			synchronized (this) {
				if (this.busy || this.closed) {
					return;
				}
				this.busy = true;
				want(0);
			}
			Thread.ofVirtual().name("caisson-exec-output").start(this::move);
		}

		private void want(int events) {
			if (this.watch != null) {
				this.watch.want(events);
			}
		}

		private void move() {
			try (Arena arena = Arena.ofConfined()) {
				MemorySegment buffer = arena.allocate(PORTION, Long.BYTES);
				byte[] bytes = new byte[PORTION];
				while (!this.closed) {
					long count = this.source.read(buffer);
					if (count > 0) {
						MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, (int) count);
						deliver(this.stream, ByteBuffer.wrap(bytes, 0, (int) count));
					}
					else if (count != -Errno.EINTR.number() && pause(count)) {
						return;
					}
				}
			}
			catch (RuntimeException ex) {
				LOG.warn("the output of an exec is lost", ex);
			}
			close();
		}

		/** Whether to wait for more; otherwise there will be none. */
		private synchronized boolean pause(long result) {
			boolean nothingNow = result == -Errno.EAGAIN.number();
			// nobody has the terminal open: for the moment, if there is a process
			boolean hungUp = ExecOutput.this.terminal && (result == -Errno.EIO.number() || result == 0);
			boolean last = ExecOutput.this.abandoned || (ExecOutput.this.terminal && ExecOutput.this.ended);
			if (this.closed || last || !(nothingNow || hungUp)) {
				this.closed = true;
				return false;
			}
			this.busy = false;
			if (hungUp) {
				ExecOutput.this.loop.schedule(AFTER_HANGUP, this::ready);
			}
			else {
				want(EventLoop.READABLE);
			}
			return true;
		}

		private void close() {
			release();
			this.done.complete(null);
		}

		private synchronized void release() {
			this.closed = true;
			if (!this.released) {
				this.released = true;
				if (this.watch != null) {
					this.watch.close();
				}
				this.source.close();
			}
		}

		synchronized void letGo() {
			this.closed = true;
			if (!this.busy) {
				release();
			}
		}

	}

}
