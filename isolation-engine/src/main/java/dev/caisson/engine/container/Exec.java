package dev.caisson.engine.container;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.ExecSpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A further process of a container: created, started once, ended. It is a child of a
 * keeper of its own, which records how it ended, whether or not this service is there. It
 * goes with its container's run. Safe for use by many threads.
 */
public final class Exec {

	private static final Logger LOG = LoggerFactory.getLogger(Exec.class);

	/** What Docker says when a start fails before there is a program to blame. */
	private static final int FAILED = 126;

	private final Execs execs;

	private final ExecId id;

	private final ExecSpec spec;

	private final Input input;

	private final CompletableFuture<ExecState> exit = new CompletableFuture<>();

	private volatile ExecState state = ExecState.CREATED;

	/** Guarded by this, as is what follows. */
	private boolean started;

	private @Nullable ExecRun run;

	private @Nullable ExecOutput output;

	private EventLoop.@Nullable Watch endWatch;

	private @Nullable Fd terminal;

	private @Nullable TerminalSize size;

	Exec(Execs execs, ExecId id, ExecSpec spec) {
		this.execs = execs;
		this.id = id;
		this.spec = spec;
		this.input = new Input(execs.machinery().loop());
	}

	public ExecId id() {
		return this.id;
	}

	/** Whose it is. */
	public ContainerId container() {
		return this.execs.container();
	}

	public ExecSpec spec() {
		return this.spec;
	}

	public ExecState state() {
		return this.state;
	}

	/**
	 * Starts it and returns when its program has been executed.
	 * @param container what the container was started with
	 * @param sink gets its output, by a thread that may block; null if nobody wants it,
	 * and then its standard input is at its end, too
	 * @throws LaunchFailedException if any step failed; nothing is left of it then, and
	 * its state tells the exit code
	 * @throws IllegalStateException if it was started before, or the container does not
	 * run
	 */
	public void start(ContainerSpec container, @Nullable OutputSink sink) {
		claim();
		try (Stdio stdio = openStreams()) {
			ExecRun launched = this.execs.launch(this, container, stdio);
			Map<KeptDescriptor, Fd> ends = stdio.takeServiceEnds();
			if (stdio.isTerminal()) {
				ends.put(KeptDescriptor.TERMINAL, launched.take(KeptDescriptor.TERMINAL).orElseThrow());
			}
			goLive(launched, ends, sink);
		}
		catch (RuntimeException ex) {
			int code = (ex instanceof LaunchFailedException failure) ? failure.exitCode() : FAILED;
			end(code);
			throw ex;
		}
	}

	private synchronized void claim() {
		if (this.started) {
			throw new IllegalStateException("exec " + this.id + " has been started before");
		}
		this.started = true;
	}

	private synchronized Stdio openStreams() {
		return this.spec.terminal() ? Stdio.plainTerminal(this.size) : Stdio.pipes(this.spec.openStdin(), false);
	}

	/** Takes back a process that an earlier service had started; its client has gone. */
	void resume(ExecRun found) {
		claim();
		Map<KeptDescriptor, Fd> ends = new EnumMap<>(KeptDescriptor.class);
		KeptDescriptor[] outputs = this.spec.terminal() ? new KeptDescriptor[] { KeptDescriptor.TERMINAL }
				: new KeptDescriptor[] { KeptDescriptor.STDOUT, KeptDescriptor.STDERR };
		for (KeptDescriptor kept : outputs) {
			found.take(kept).ifPresent((fd) -> ends.put(kept, fd));
		}
		goLive(found, ends, null);
	}

	/** It had ended while no service was there. */
	void endedBefore(int exitCode) {
		claim();
		end(exitCode);
	}

	private void goLive(ExecRun launched, Map<KeptDescriptor, Fd> ends, @Nullable OutputSink sink) {
		CompletableFuture<Void> ended = new CompletableFuture<>();
		CompletableFuture<Void> delivered;
		synchronized (this) {
			this.run = launched;
			this.state = new ExecState(ExecState.Phase.RUNNING, launched.pid(), 0);
			openInput(ends, sink != null);
			this.output = new ExecOutput(this.execs.machinery().loop(), sources(ends), this.spec.terminal(), sink);
			delivered = this.output.begin();
			this.endWatch = this.execs.machinery().loop().watch(launched.ended(), EventLoop.READABLE, (_) -> {
				closeWatch();
				this.execs.execute(() -> processEnded(launched, ended));
			});
		}
		CompletableFuture.allOf(ended, delivered).thenRunAsync(() -> conclude(launched, sink), this.execs::execute);
	}

	private void openInput(Map<KeptDescriptor, Fd> ends, boolean attached) {
		Fd console = ends.get(KeptDescriptor.TERMINAL);
		if (console != null) {
			EventLoop.setNonBlocking(console);
			this.terminal = console.duplicate(0);
			this.input.begin(console.duplicate(0), true);
		}
		else {
			this.input.begin(ends.get(KeptDescriptor.STDIN), false);
		}
		if (!attached) {
			this.input.close();
		}
	}

	private static Map<Integer, Fd> sources(Map<KeptDescriptor, Fd> ends) {
		Map<Integer, Fd> sources = new TreeMap<>();
		Optional.ofNullable(ends.get(KeptDescriptor.TERMINAL)).ifPresent((fd) -> sources.put(1, fd));
		Optional.ofNullable(ends.get(KeptDescriptor.STDOUT)).ifPresent((fd) -> sources.put(1, fd));
		Optional.ofNullable(ends.get(KeptDescriptor.STDERR)).ifPresent((fd) -> sources.put(2, fd));
		return sources;
	}

	private synchronized void closeWatch() {
		if (this.endWatch != null) {
			this.endWatch.close();
			this.endWatch = null;
		}
	}

	/**
	 * Its status is known to whoever asks before its client sees the end of its output.
	 */
	private void processEnded(ExecRun over, CompletableFuture<Void> ended) {
		ExecOutput last;
		synchronized (this) {
			this.state = new ExecState(ExecState.Phase.EXITED, over.pid(), over.status().code());
			last = this.output;
		}
		if (last != null) {
			last.processEnded(this.execs.machinery().patience());
		}
		ended.complete(null);
	}

	private void conclude(ExecRun over, @Nullable OutputSink sink) {
		try {
			if (sink != null) {
				sink.end();
			}
		}
		catch (RuntimeException ex) {
			LOG.debug("the client of exec {} has gone", this.id, ex);
		}
		try {
			over.release();
		}
		catch (RuntimeException ex) {
			LOG.warn("exec {} has left something behind", this.id, ex);
		}
		end(this.state.exitCode());
	}

	private void end(int exitCode) {
		synchronized (this) {
			this.state = new ExecState(ExecState.Phase.EXITED, this.state.pid(), exitCode);
			this.run = null;
			closeTerminal();
		}
		this.input.end();
		this.input.remove();
		this.execs.ended(this);
		this.exit.complete(this.state);
	}

	private void closeTerminal() {
		if (this.terminal != null) {
			this.terminal.close();
			this.terminal = null;
		}
	}

	/**
	 * Completes when it has ended and all of its output has been delivered; also when it
	 * could not be started.
	 */
	public CompletableFuture<ExecState> exit() {
		return this.exit.copy();
	}

	/**
	 * Sends it a signal.
	 * @return whether it was there
	 */
	public synchronized boolean signal(int number) {
		return this.run != null && this.run.signal(number);
	}

	/**
	 * Writes to its standard input; blocks (a virtual thread cheaply) while it does not
	 * read. What nobody will read is dropped.
	 */
	public void writeInput(ByteBuffer data) {
		this.input.write(data);
	}

	/** Closes its standard input, unless that is a terminal. */
	public void closeInput() {
		this.input.close();
	}

	/** Sets the size of its terminal, also of one that is still to be made. */
	public synchronized void resize(int rows, int columns) {
		this.size = new TerminalSize(rows, columns);
		if (this.terminal != null) {
			this.size.set(this.terminal);
		}
	}

	/** Lets go of everything; the process runs on. On the loop's thread. */
	void letGo() {
		closeWatch();
		this.input.end();
		synchronized (this) {
			if (this.output != null) {
				this.output.letGo();
			}
			if (this.run != null) {
				this.run.letGo();
				this.run = null;
			}
			closeTerminal();
		}
	}

}
