package dev.caisson.engine.container;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.LinuxException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a run, from its pipe by way of the spool to the log and the audience.
 * Everything here runs on the event loop's thread.
 */
final class OutputChannel {

	private static final Logger LOG = LoggerFactory.getLogger(OutputChannel.class);

	private static final Duration AFTER_ERROR = Duration.ofSeconds(1), AFTER_HOLD = Duration.ofMillis(50);

	private final int stream;

	private final OutputSource source;

	private final Spool spool;

	private final OutputPump pump;

	private final Consumer<OutputChannel> finished;

	private EventLoop.@Nullable Watch watch;

	/** Up to here the spool is in the log. */
	private long logged;

	/** Up to here it is known to have no newline behind {@link #logged}. */
	private long scanned;

	private boolean processEnded;

	private boolean done;

	private boolean troubled;

	OutputChannel(int stream, OutputSource source, Spool spool, long logged, OutputPump pump,
			Consumer<OutputChannel> finished) {
		this.stream = stream;
		this.source = source;
		this.spool = spool;
		this.logged = Math.min(logged, spool.written());
		this.scanned = this.logged;
		this.pump = pump;
		this.finished = finished;
	}

	long logged() {
		return this.logged;
	}

	int stream() {
		return this.stream;
	}

	/** Logs what an earlier service had spooled, and begins to watch. */
	void begin(EventLoop loop) {
		this.watch = loop.watch(this.source.watched(), EventLoop.READABLE, (_) -> guarded(this::move));
		guarded(() -> log(false));
	}

	/** The first process has ended: takes what there is, and does not wait for more. */
	void processEnded() {
		this.processEnded = true;
		guarded(this::drain);
	}

	/** Takes what there is and closes, whoever else may hold the other end. */
	void abandon() {
		this.processEnded = true;
		if (!this.done) {
			try {
				drain();
				log(true);
			}
			catch (LinuxException ex) {
				LOG.error("output is lost", ex);
			}
			close();
		}
	}

	/** Lets go of everything; a later service goes on. */
	void letGo() {
		if (!this.done) {
			this.done = true;
			closeWatch();
			this.source.close();
			this.spool.release();
		}
	}

	private void drain() {
		while (!this.done && move()) {
			continue;
		}
	}

	/** One portion, so that others have their turn. */
	private boolean move() {
		if (!this.processEnded && this.pump.audience().holdsBack()) {
			pause(AFTER_HOLD);
			return false;
		}
		long before = this.spool.written();
		long moved = this.source.moveInto(this.spool, this.pump.buffers());
		if (moved > 0) {
			this.pump.audience().offer(this.stream, this.spool, before, before + moved);
			log(false);
			return true;
		}
		if (moved == 0) {
			log(true);
			close();
		}
		else if (moved == -Errno.EIO.number()) {
			hungUp();
		}
		else if (this.processEnded && this.source.isTerminal()) {
			log(true);
			close();
		}
		return false;
	}

	/** Nobody has the terminal open: for the moment, if there is a process. */
	private void hungUp() {
		if (this.processEnded) {
			log(true);
			close();
		}
		else {
			pause(AFTER_HOLD);
		}
	}

	/** Writes whole lines to the log, and at the end what is left. */
	private void log(boolean last) {
		PumpBuffers buffers = this.pump.buffers();
		if (!last && !newLineHasCome(buffers)) {
			return;
		}
		while (this.logged < this.spool.written()) {
			int count = buffers.read(this.spool, this.logged);
			boolean end = last && this.logged + count == this.spool.written();
			int consumed = logPortion(buffers, count, end);
			if (consumed == 0) {
				break;
			}
		}
		this.scanned = this.spool.written();
		this.spool.discard(this.pump.audience().floor(this.spool, this.logged));
	}

	private boolean newLineHasCome(PumpBuffers buffers) {
		if (this.scanned == this.logged || this.spool.written() - this.logged >= LogEncoder.LONGEST) {
			return true;
		}
		int count = buffers.read(this.spool, this.scanned);
		for (int i = 0; i < count; i++) {
			if (buffers.bytes()[i] == '\n') {
				return true;
			}
		}
		this.scanned += count;
		return false;
	}

	private int logPortion(PumpBuffers buffers, int count, boolean last) {
		LogEncoder encoder = buffers.encoder();
		encoder.reset(Instant.now());
		byte[] in = buffers.bytes();
		int from = 0;
		int written = 0;
		for (int to = LogEncoder.endOfEntry(in, from, count, last); to >= 0; to = LogEncoder.endOfEntry(in, from, count,
				last)) {
			if (encoder.isFull() || this.pump.log().isFull(encoder.length())) {
				append(buffers, from - written);
				written = from;
			}
			encoder.entry(in, from, to, this.stream);
			from = to;
		}
		append(buffers, from - written);
		return from;
	}

	private void append(PumpBuffers buffers, int consumed) {
		if (consumed > 0) {
			MemorySegment entries = buffers.encoded();
			this.pump.append(entries, () -> this.logged += consumed);
			buffers.encoder().clear();
		}
		this.pump.rotateIfFull();
	}

	private void guarded(Runnable action) {
		try {
			if (!this.done) {
				action.run();
				this.troubled = false;
			}
		}
		catch (LinuxException ex) {
			// a full disk, most likely: what is not taken waits in the pipe, and the
			// container waits when that is full; nothing is lost
			if (!this.troubled) {
				LOG.error("output waits", ex);
			}
			this.troubled = true;
			pause(AFTER_ERROR);
		}
	}

	private void pause(Duration time) {
		EventLoop.Watch paused = this.watch;
		if (paused != null) {
			paused.want(0);
		}
		this.pump.loop().schedule(time, this::resume);
	}

	private void resume() {
		if (this.done) {
			return;
		}
		if (this.processEnded) {
			guarded(this::drain);
			return;
		}
		// what is in the spool already, in case no more comes
		guarded(() -> log(false));
		EventLoop.Watch paused = this.watch;
		if (paused != null && !this.troubled) {
			paused.want(EventLoop.READABLE);
		}
	}

	private void close() {
		letGo();
		this.finished.accept(this);
	}

	private void closeWatch() {
		if (this.watch != null) {
			this.watch.close();
			this.watch = null;
		}
	}

}
