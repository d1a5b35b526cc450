package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

import dev.caisson.engine.container.LogQuery;
import dev.caisson.engine.container.OutputSink;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.platform.server.HijackHandler;
import dev.caisson.platform.server.HijackedStream;
import dev.caisson.platform.server.MultiplexedStream;
import org.jspecify.annotations.Nullable;

/**
 * A client at a container's streams, from before the start if it came so early: <pre>
 *   client  -- stdin -->  container     ends with the client's half-close
 *   client  <- output --  container     ends with the run, and the connection with it
 * </pre>
 */
final class Attachment implements HijackHandler {

	private final ContainerEntry entry;

	private final AttachChoice choice;

	private final boolean terminal;

	/** Whether its output is not framed. */
	private final boolean raw;

	/** What is read from the log comes before what is written from now on. */
	private final CountDownLatch logShown = new CountDownLatch(1);

	/** Completes when nothing is left to do for the client. */
	private final CompletableFuture<Void> over = new CompletableFuture<>();

	/** Completes when the client's input has been passed on to its end. */
	private final CompletableFuture<Void> inputTaken = new CompletableFuture<>();

	/**
	 * Whether the run is over: then its input must not be closed, it may be the next's.
	 */
	private volatile boolean ended;

	private @Nullable AutoCloseable watch;

	private Instant begin = Instant.EPOCH;

	/**
	 * @param raw whether the client gets the output as it is, not in frames
	 */
	Attachment(ContainerEntry entry, AttachChoice choice, boolean raw) {
		this.entry = entry;
		this.choice = choice;
		this.raw = raw;
		this.terminal = entry.definition().config().tty();
	}

	/** The client starts the container as soon as it has the answer: watch before. */
	@Override
	public void beforeAnswer(HijackedStream stream) {
		this.begin = Clock.systemUTC().instant();
		if (this.choice.stream() && (this.choice.stdout() || this.choice.stderr())) {
			this.watch = this.entry.container().attach(new Output(stream));
		}
		this.entry.removed().thenRun(() -> this.over.complete(null));
		if (!this.choice.stream() || !this.choice.stdin()) {
			this.inputTaken.complete(null);
		}
		// what a client sent before it went is still for the container
		stream.whenGone(() -> this.inputTaken.thenRun(() -> this.over.complete(null)));
	}

	@Override
	public void run(HijackedStream stream) throws IOException {
		Thread input = null;
		try {
			if (this.choice.logs()) {
				showLog(stream);
			}
			this.logShown.countDown();
			if (this.choice.stream()) {
				if (this.choice.stdin()) {
					input = Thread.startVirtualThread(() -> pumpInput(stream));
				}
				awaitEnd();
			}
		}
		finally {
			this.over.complete(null);
			this.logShown.countDown();
			if (input != null) {
				input.interrupt();
				closeInput();
			}
			closeWatch();
		}
	}

	private void showLog(HijackedStream stream) throws IOException {
		LogFormat format = new LogFormat(!this.raw, false);
		LogQuery query = new LogQuery(this.choice.wants(1), this.choice.wants(2), null, this.begin, -1, false);
		LogFollowing.read(this.entry.container(), query, (line) -> stream.write(ByteBuffer.wrap(format.bytes(line))));
	}

	private void awaitEnd() throws IOException {
		try {
			this.over.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IOException("attach", ex.getCause());
		}
	}

	/**
	 * As Docker does, a client whose input ends without closing the container's is let
	 * go.
	 */
	private void pumpInput(HijackedStream stream) {
		try {
			TypedInput.copy(stream, this.choice.detach(), this.entry.container()::writeInput);
		}
		catch (IOException | LinuxException ex) {
			// client or container has gone: the same as an end of the input
		}
		finally {
			this.inputTaken.complete(null);
		}
		closeInput();
		if (this.watch == null || !closesInput()) {
			this.over.complete(null);
		}
	}

	/**
	 * Only the first client's end is the end of the container's input, as Docker has it.
	 */
	private boolean closesInput() {
		return this.entry.definition().config().stdinOnce() && !this.terminal;
	}

	private void closeInput() {
		if (closesInput() && !this.ended && !this.entry.removed().isDone()) {
			this.entry.container().closeInput();
		}
	}

	private void closeWatch() throws IOException {
		if (this.watch != null) {
			try {
				this.watch.close();
			}
			catch (IOException | RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new IOException("end the watch of a container's output", ex);
			}
		}
	}

	/** Writes what the container writes. */
	private final class Output implements OutputSink {

		private final HijackedStream stream;

		private final MultiplexedStream frames;

		Output(HijackedStream stream) {
			this.stream = stream;
			this.frames = new MultiplexedStream(stream);
		}

		@Override
		public void output(int number, ByteBuffer data) {
			if (Attachment.this.over.isDone() || !Attachment.this.choice.wants(number)) {
				return;
			}
			try {
				Attachment.this.logShown.await();
				if (Attachment.this.raw) {
					this.stream.write(data);
				}
				else {
					this.frames.write(number, data);
				}
			}
			catch (IOException ex) {
				// the client has gone
				Attachment.this.over.complete(null);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				Attachment.this.over.complete(null);
			}
		}

		@Override
		public void end() {
			Attachment.this.ended = true;
			Attachment.this.over.complete(null);
		}

	}

}
