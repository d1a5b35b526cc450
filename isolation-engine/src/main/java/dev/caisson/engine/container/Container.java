package dev.caisson.engine.container;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;

/**
 * A container that exists. Safe for use by many threads; its verbs wait for each other.
 */
public final class Container {

	public ContainerId id() {
		throw new UnsupportedOperationException();
	}

	public ContainerState state() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Starts it and returns when its program has been executed.
	 * @throws LaunchFailedException if any step failed; everything is undone
	 * @throws IllegalStateException if it is running already
	 */
	public void start(ContainerSpec spec) {
		throw new UnsupportedOperationException();
	}

	/** Completes at the end of the run under way; at once if there is none. */
	public CompletableFuture<ContainerState> exit() {
		throw new UnsupportedOperationException();
	}

	/** Completes at the end of the run under way, or of the next one if there is none. */
	public CompletableFuture<ContainerState> nextExit() {
		throw new UnsupportedOperationException();
	}

	/** Completes when the container has been removed. */
	public CompletableFuture<ContainerState> removed() {
		throw new UnsupportedOperationException();
	}

	/** Sends a signal to the first process. */
	public void signal(int number) {
		throw new UnsupportedOperationException();
	}

	/** Sends the signal, waits for the grace time, kills, waits for the end. */
	public void stop(int signal, Duration grace) {
		throw new UnsupportedOperationException();
	}

	public void pause() {
		throw new UnsupportedOperationException();
	}

	public void resume() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Watches the output from now on, of the run under way or the next one.
	 * @return closes the watch
	 */
	public AutoCloseable attach(OutputSink sink) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Writes to standard input; blocks (a virtual thread cheaply) while the pipe is full.
	 * Before the start, waits for the start.
	 */
	public void writeInput(ByteBuffer data) {
		throw new UnsupportedOperationException();
	}

	/** Closes standard input: the container reads its end. */
	public void closeInput() {
		throw new UnsupportedOperationException();
	}

	public void resize(int rows, int columns) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Reads the log, oldest first. Returns at its end; when following, at the end of the
	 * container or when the thread is interrupted.
	 */
	public void readLog(LogQuery query, Consumer<LogLine> reader) {
		throw new UnsupportedOperationException();
	}

	/** The processes in it, as the host numbers them. */
	public List<Integer> processes() {
		throw new UnsupportedOperationException();
	}

	/**
	 * Removes everything it has: files, log, ledger.
	 * @throws IllegalStateException if it is running
	 */
	public void remove() {
		throw new UnsupportedOperationException();
	}

}
