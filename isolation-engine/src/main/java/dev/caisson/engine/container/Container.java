package dev.caisson.engine.container;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SignalNumber;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container that exists. Safe for use by many threads; its verbs wait for each other,
 * but for {@link #signal} and {@link #stop}, which must be possible at any time.
 */
public final class Container {

	/** When nobody is left who could tell how it ended. */
	static final ExitStatus UNKNOWN_STATUS = new ExitStatus(255);

	private static final Logger LOG = LoggerFactory.getLogger(Container.class);

	private static final int LAUNCH_FAILED = 128;

	private final Machinery machinery;

	private final ContainerDirectory directory;

	private final Owner owner;

	private final Ledger ledger;

	private final StateFile stateFile;

	private final LogFiles log;

	private final Audience audience;

	private final Input input;

	/** One of start, pause, resume, remove at a time. */
	private final ReentrantLock verbs = new ReentrantLock();

	private final CompletableFuture<ContainerState> removed = new CompletableFuture<>();

	/** Guarded by this, as is what follows; reading the state needs no lock. */
	private volatile ContainerState state;

	private @Nullable LiveRun live;

	private CompletableFuture<ContainerState> nextExit = new CompletableFuture<>();

	/** The end of the run is on disk: nothing else may be written over it. */
	private boolean ending;

	private Release release = Release.NONE;

	private int rows;

	private int columns;

	Container(Machinery machinery, ContainerDirectory directory, LogSettings log, ContainerState state, Owner owner) {
		this.machinery = machinery;
		this.directory = directory;
		this.owner = owner;
		this.state = state;
		this.ledger = new Ledger(directory.ledger());
		this.stateFile = new StateFile(directory.state());
		this.log = new LogFiles(directory.log(), log);
		this.audience = new Audience(machinery.mostBehind(), machinery.patience());
		this.input = new Input(machinery.loop());
	}

	public ContainerId id() {
		return this.directory.id();
	}

	public ContainerState state() {
		return this.state;
	}

	/** Where its log lies, as Docker's {@code LogPath}. */
	public Path logFile() {
		return this.directory.log();
	}

	/** Starts it with a standard input that ends when its writer has gone. */
	public void start(ContainerSpec spec) {
		start(spec, false);
	}

	/**
	 * Starts it and returns when its program has been executed.
	 * @param keepInputOpen whether standard input outlives its writers and this service:
	 * what Docker calls OpenStdin without StdinOnce; {@link #closeInput} does nothing
	 * then
	 * @throws LaunchFailedException if any step failed; everything is undone
	 * @throws IllegalStateException if it is running already
	 */
	public void start(ContainerSpec spec, boolean keepInputOpen) {
		this.verbs.lock();
		try {
			if (!this.state.phase().canStart()) {
				throw new IllegalStateException("container " + id() + " is " + phaseName());
			}
			this.release.await();
			launch(spec, keepInputOpen);
		}
		finally {
			this.verbs.unlock();
		}
	}

	private void launch(ContainerSpec spec, boolean keepInputOpen) {
		this.log.begin();
		try (Stdio stdio = openStreams(spec, keepInputOpen)) {
			LiveRun.deleteSpools(this.directory);
			Run run = this.machinery.runs().begin(this.directory, spec, stdio, this.ledger);
			try {
				Map<KeptDescriptor, Fd> ends = stdio.takeServiceEnds();
				if (stdio.isTerminal()) {
					ends.put(KeptDescriptor.TERMINAL, run.take(KeptDescriptor.TERMINAL).orElseThrow());
				}
				goLive(run, ends, keepInputOpen,
						new ContainerState(ContainerState.Phase.RUNNING, run.pid(), 0, false, "", Instant.now(), null));
			}
			catch (RuntimeException ex) {
				run.signal(SignalNumber.KILL.number());
				run.release();
				throw ex;
			}
		}
		catch (RuntimeException ex) {
			throw failed(ex);
		}
	}

	private static Stdio openStreams(ContainerSpec spec, boolean keepInputOpen) {
		return spec.process().terminal() ? Stdio.terminal() : Stdio.pipes(spec.process().openStdin(), keepInputOpen);
	}

	private void goLive(Run run, Map<KeptDescriptor, Fd> ends, boolean keepInputOpen, ContainerState running) {
		LiveRun next = new LiveRun(this.machinery, this.directory, run, ends, this.log, this.audience,
				(status, oomKilled) -> ended(status.code(), oomKilled));
		try {
			change(running);
		}
		catch (RuntimeException ex) {
			next.letGo();
			throw ex;
		}
		synchronized (this) {
			this.live = next;
			this.ending = false;
			if (this.rows > 0) {
				next.resize(this.rows, this.columns);
			}
		}
		Fd terminal = ends.get(KeptDescriptor.TERMINAL);
		if (terminal != null) {
			EventLoop.setNonBlocking(terminal);
			this.input.begin(terminal.duplicate(0), true);
		}
		else {
			this.input.begin(ends.get(KeptDescriptor.STDIN), keepInputOpen);
		}
		next.begin();
	}

	/** Notes why a start failed, as Docker does; the phase stays what it was. */
	private RuntimeException failed(RuntimeException ex) {
		int exitCode = (ex instanceof LaunchFailedException failure) ? failure.exitCode() : LAUNCH_FAILED;
		this.log.end();
		this.audience.finish();
		this.audience.reopen();
		ContainerState before = this.state;
		ContainerState after = new ContainerState(before.phase(), 0, exitCode, false, String.valueOf(ex.getMessage()),
				before.startedAt(), before.finishedAt());
		persist(after);
		this.state = after;
		return switch (ex) {
			case LaunchFailedException failure -> failure;
			case InvalidSpecException invalid -> invalid;
			default -> {
				LaunchFailedException failure = new LaunchFailedException(exitCode, String.valueOf(ex.getMessage()));
				failure.initCause(ex);
				yield failure;
			}
		};
	}

	/** The run is over. On a thread that may block. */
	private void ended(int exitCode, boolean oomKilled) {
		LiveRun over;
		CompletableFuture<ContainerState> exit;
		ContainerState before = this.state;
		ContainerState after = new ContainerState(ContainerState.Phase.EXITED, 0, exitCode, oomKilled, "",
				before.startedAt(), Instant.now());
		synchronized (this) {
			over = this.live;
			exit = this.nextExit;
			if (over == null) {
				return;
			}
			this.ending = true;
			persist(after);
		}
		over.awaitAudience();
		this.input.end();
		Release last = new Release(over::release);
		synchronized (this) {
			this.state = after;
			this.live = null;
			this.nextExit = new CompletableFuture<>();
			this.release = last;
		}
		this.log.end();
		this.audience.reopen();
		this.owner.exited(this);
		exit.complete(after);
		last.run();
	}

	/** A run that had ended while no service was there to see it. */
	void endedBefore(ExitStatus status) {
		ContainerState before = this.state;
		change(new ContainerState(ContainerState.Phase.EXITED, 0, status.code(), false, "", before.startedAt(),
				Instant.now()));
	}

	/** Takes back a run that an earlier service had begun. */
	void resumeRun(Run run, Map<KeptDescriptor, Fd> ends) {
		this.log.begin();
		// its input is still open only if it was kept open
		goLive(run, ends, true, this.state);
	}

	Ledger ledger() {
		return this.ledger;
	}

	LogFiles log() {
		return this.log;
	}

	/** Completes at the end of the run under way; at once if there is none. */
	public synchronized CompletableFuture<ContainerState> exit() {
		return (this.live != null) ? this.nextExit.copy() : CompletableFuture.completedFuture(this.state);
	}

	/** Completes at the end of the run under way, or of the next one if there is none. */
	public synchronized CompletableFuture<ContainerState> nextExit() {
		return this.nextExit.copy();
	}

	/** Completes when the container has been removed. */
	public CompletableFuture<ContainerState> removed() {
		return this.removed.copy();
	}

	/**
	 * Sends a signal to the first process. SIGKILL also ends a pause.
	 * @throws IllegalStateException if it is not running
	 */
	public void signal(int number) {
		LiveRun run = requireLive();
		run.signal(number);
		if (number == SignalNumber.KILL.number() && this.state.phase() == ContainerState.Phase.PAUSED) {
			run.thaw();
		}
	}

	/**
	 * Sends the signal, waits for the grace time, kills, waits for the end. Nothing
	 * happens if it is not running.
	 * @param grace negative is for ever
	 * @throws LinuxException EINTR if the thread is interrupted
	 */
	public void stop(int signal, Duration grace) {
		CompletableFuture<ContainerState> end;
		LiveRun run;
		synchronized (this) {
			end = exit();
			run = this.live;
		}
		if (run == null) {
			return;
		}
		run.signal(signal);
		if (this.state.phase() == ContainerState.Phase.PAUSED) {
			run.thaw();
		}
		if (!awaitExit(end, grace)) {
			run.signal(SignalNumber.KILL.number());
			awaitExit(end, Duration.ofNanos(-1));
		}
	}

	private static boolean awaitExit(CompletableFuture<ContainerState> end, Duration patience) {
		try {
			if (patience.isNegative()) {
				end.get();
			}
			else {
				end.get(patience.toNanos(), TimeUnit.NANOSECONDS);
			}
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LinuxException("wait for", "the end of the container", Errno.EINTR);
		}
	}

	/**
	 * Stops all of its processes until {@link #resume}.
	 * @throws IllegalStateException if it is not running, or paused
	 */
	public void pause() {
		this.verbs.lock();
		try {
			if (this.state.phase() == ContainerState.Phase.PAUSED) {
				throw new IllegalStateException("container " + id() + " is already paused");
			}
			requireLive().freeze();
			changeLive(ContainerState.Phase.PAUSED);
		}
		finally {
			this.verbs.unlock();
		}
	}

	/**
	 * Lets paused processes go on.
	 * @throws IllegalStateException if it is not paused
	 */
	public void resume() {
		this.verbs.lock();
		try {
			if (this.state.phase() != ContainerState.Phase.PAUSED) {
				throw new IllegalStateException("container " + id() + " is not paused");
			}
			requireLive().thaw();
			changeLive(ContainerState.Phase.RUNNING);
		}
		finally {
			this.verbs.unlock();
		}
	}

	/**
	 * Watches the output from now on, of the run under way or the next one. A sink may be
	 * slow: what it has not had yet is kept for it on disk.
	 * @return closes the watch
	 */
	public AutoCloseable attach(OutputSink sink) {
		return this.audience.add(sink);
	}

	/**
	 * Writes to standard input; blocks (a virtual thread cheaply) while the pipe is full.
	 * Before the start, waits for the start. What nobody will read is dropped.
	 * @throws LinuxException EINTR if the thread is interrupted
	 */
	public void writeInput(ByteBuffer data) {
		this.input.write(data);
	}

	/**
	 * Closes standard input: the container reads its end. Before the start, it will find
	 * it closed.
	 */
	public void closeInput() {
		this.input.close();
	}

	/** Sets the size of the terminal, also of one that is still to be made. */
	public synchronized void resize(int rows, int columns) {
		this.rows = rows;
		this.columns = columns;
		if (this.live != null) {
			this.live.resize(rows, columns);
		}
	}

	/**
	 * Reads the log, oldest first. Returns at its end; when following, at the end of the
	 * container or when the thread is interrupted.
	 */
	public void readLog(LogQuery query, Consumer<LogLine> reader) {
		try (LogReader lines = new LogReader(this.log, query, reader)) {
			lines.read();
		}
	}

	/** The processes in it, as the host numbers them. */
	public List<Integer> processes() {
		LiveRun run;
		synchronized (this) {
			run = this.live;
		}
		return (run != null) ? run.processes() : List.of();
	}

	/**
	 * Removes everything it has: files, log, ledger.
	 * @throws IllegalStateException if it is running
	 */
	public void remove() {
		this.verbs.lock();
		try {
			if (this.state.phase().isLive()) {
				throw new IllegalStateException("container " + id() + " is " + phaseName());
			}
			if (this.removed.isDone()) {
				return;
			}
			change(withPhase(ContainerState.Phase.REMOVING));
			this.release.await();
			if (!this.ledger.outstanding().isEmpty()) {
				this.machinery.runs().undo(this.directory, this.ledger);
			}
			this.log.close();
			this.owner.remove(this);
			this.input.remove();
			this.audience.finish();
			CompletableFuture<ContainerState> waiting;
			synchronized (this) {
				waiting = this.nextExit;
			}
			waiting.complete(this.state);
			this.removed.complete(this.state);
		}
		finally {
			this.verbs.unlock();
		}
	}

	/** Lets go of everything; the container runs on. On the loop's thread. */
	void letGo() {
		LiveRun run;
		synchronized (this) {
			run = this.live;
			this.live = null;
		}
		this.input.end();
		this.log.end();
		if (run != null) {
			run.letGo();
		}
		this.audience.finish();
	}

	/** Waits until what an ended run had is gone. */
	void awaitRelease() {
		Release last;
		synchronized (this) {
			last = this.release;
		}
		last.await();
	}

	private LiveRun requireLive() {
		LiveRun run;
		synchronized (this) {
			run = this.live;
		}
		if (run == null) {
			throw new IllegalStateException("container " + id() + " is not running");
		}
		return run;
	}

	private String phaseName() {
		return this.state.phase().name().toLowerCase(java.util.Locale.ROOT);
	}

	private ContainerState withPhase(ContainerState.Phase phase) {
		ContainerState now = this.state;
		return new ContainerState(phase, now.pid(), now.exitCode(), now.oomKilled(), now.error(), now.startedAt(),
				now.finishedAt());
	}

	/** The run may have ended meanwhile: then its end is what counts. */
	private void changeLive(ContainerState.Phase phase) {
		synchronized (this) {
			if (this.state.phase().isLive() && !this.ending) {
				change(withPhase(phase));
			}
		}
	}

	private void change(ContainerState next) {
		this.stateFile.write(next);
		this.state = next;
	}

	/** An end is an end, even if the disk is full. */
	private void persist(ContainerState next) {
		try {
			this.stateFile.write(next);
		}
		catch (UncheckedIOException ex) {
			LOG.error("the state of container {} is not on disk", id(), ex);
		}
	}

	/** Where its directories and listeners are. */
	interface Owner {

		/** Tells of the end of a run. */
		void exited(Container container);

		/** Forgets it and removes its files. */
		void remove(Container container);

	}

}
