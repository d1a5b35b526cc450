package dev.caisson.platform.container;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.OutputSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A container that does one step of a build, and is removed when closed. */
public final class StepContainer implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(StepContainer.class);

	private final ContainerEntry entry;

	private final ContainerLifecycle lifecycle;

	/** Also of one that was to be ended before it ran. */
	private volatile boolean killed;

	StepContainer(ContainerEntry entry, ContainerLifecycle lifecycle) {
		this.entry = entry;
		this.lifecycle = lifecycle;
	}

	/**
	 * Runs it to its end.
	 * @param sink has had all output when this returns
	 * @return the exit status of its command
	 * @throws StartFailedException if it could not be started
	 */
	public int run(OutputSink sink) {
		CompletableFuture<Void> told = new CompletableFuture<>();
		Container container = this.entry.container();
		try (AutoCloseable _ = container.attach(new Ending(sink, told))) {
			this.lifecycle.start(this.entry);
			if (this.killed) {
				kill();
			}
			ContainerState state = container.exit().join();
			told.join();
			return state.exitCode();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException("end the watch of a container's output", ex);
		}
	}

	/** Ends it if it runs; {@link #run} returns then. */
	public void kill() {
		this.killed = true;
		if (this.entry.isLive()) {
			this.lifecycle.kill(this.entry, this.entry.id().value(), "KILL");
		}
	}

	/**
	 * Writes what it has changed as a layer.
	 * @param tar stays open
	 */
	public void writeChanges(OutputStream tar) throws IOException {
		this.entry.container().files().writeChanges(tar);
	}

	@Override
	public void close() {
		try {
			this.lifecycle.remove(this.entry, true, true);
		}
		catch (ContainerConflictException | NoSuchContainerException ex) {
			log.debug("the container of a step was removed by somebody else: {}", ex.getMessage());
		}
	}

	/** Tells when a sink has had all. */
	private record Ending(OutputSink sink, CompletableFuture<Void> told) implements OutputSink {

		@Override
		public void output(int stream, ByteBuffer data) {
			this.sink.output(stream, data);
		}

		@Override
		public void end() {
			this.sink.end();
			this.told.complete(null);
		}

	}

}
