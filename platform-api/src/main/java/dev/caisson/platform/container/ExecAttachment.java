package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.caisson.engine.container.Exec;
import dev.caisson.engine.container.LaunchFailedException;
import dev.caisson.engine.container.OutputSink;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.platform.container.definition.ExecWords;
import dev.caisson.platform.server.HijackHandler;
import dev.caisson.platform.server.HijackedStream;
import dev.caisson.platform.server.MultiplexedStream;

/**
 * The client that starts a further process and has its streams. The process goes on
 * without it when it goes.
 */
final class ExecAttachment implements HijackHandler {

	private final Exec exec;

	private final ContainerExecs execs;

	/** Completes when nothing is left to do for the client. */
	private final CompletableFuture<Void> over = new CompletableFuture<>();

	ExecAttachment(Exec exec, ContainerExecs execs) {
		this.exec = exec;
		this.execs = execs;
	}

	@Override
	public void run(HijackedStream stream) throws IOException {
		Output output = new Output(stream);
		try {
			this.execs.start(this.exec, output);
		}
		catch (RuntimeException ex) {
			String reason = (ex instanceof LaunchFailedException failure) ? ExecFailedException.message(failure)
					: String.valueOf(ex.getMessage());
			output.write(1, ByteBuffer.wrap((reason + "\r\n").getBytes(StandardCharsets.UTF_8)));
			return;
		}
		Thread input = this.exec.spec().openStdin() ? Thread.startVirtualThread(() -> pumpInput(stream)) : null;
		stream.whenGone(() -> this.over.complete(null));
		try {
			this.over.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IOException("exec", ex.getCause());
		}
		finally {
			if (input != null) {
				input.interrupt();
			}
		}
	}

	private void pumpInput(HijackedStream stream) {
		String keys = this.exec.spec().notes().getOrDefault(ExecWords.DETACH_KEYS, "");
		DetachKeys detach = this.exec.spec().terminal() ? DetachKeys.parse(keys.isEmpty() ? DetachKeys.DEFAULT : keys)
				: null;
		try {
			TypedInput.copy(stream, detach, this.exec::writeInput);
		}
		catch (IOException | LinuxException ex) {
			// client or process has gone: the same as an end of the input
		}
		this.exec.closeInput();
		if (detach != null && detach.isComplete()) {
			this.execs.detached(this.exec);
			this.over.complete(null);
		}
	}

	/** Writes what the process writes. */
	private final class Output implements OutputSink {

		private final HijackedStream stream;

		private final MultiplexedStream frames;

		Output(HijackedStream stream) {
			this.stream = stream;
			this.frames = new MultiplexedStream(stream);
		}

		@Override
		public void output(int number, ByteBuffer data) {
			if (ExecAttachment.this.over.isDone() || !isWanted(number)) {
				return;
			}
			try {
				write(number, data);
			}
			catch (IOException ex) {
				// the client has gone
				ExecAttachment.this.over.complete(null);
			}
		}

		private boolean isWanted(int number) {
			return InspectedExec.wants(ExecAttachment.this.exec.spec(),
					(number == 1) ? ExecWords.STDOUT : ExecWords.STDERR);
		}

		void write(int number, ByteBuffer data) throws IOException {
			if (ExecAttachment.this.exec.spec().terminal()) {
				this.stream.write(data);
			}
			else {
				this.frames.write(number, data);
			}
		}

		@Override
		public void end() {
			ExecAttachment.this.over.complete(null);
		}

	}

}
