package dev.caisson.engine.container;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.engine.spec.ResourceSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SignalNumber;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.rootfs.RootView;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.ExecSpec;
import dev.caisson.engine.spec.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * A container that exists. Safe for use by many threads; its verbs wait for each other,
 * but for {@link #signal} and {@link #stop}, which must be possible at any time.
 */
public final class Container {

	private final Life life;

	private final Owner owner;

	/** One of start, pause, resume, remove at a time. */
	private final ReentrantLock verbs = new ReentrantLock();

	private final CompletableFuture<ContainerState> removed = new CompletableFuture<>();

	Container(Machinery machinery, ContainerDirectory directory, LogSettings log, ContainerState state, Owner owner) {
		this.owner = owner;
		this.life = new Life(machinery, directory, log, state, () -> owner.exited(this));
	}

	Life life() {
		return this.life;
	}

	public ContainerId id() {
		return this.life.directory().id();
	}

	public ContainerState state() {
		return this.life.state();
	}

	/** Where its log lies, as Docker's {@code LogPath}. */
	public Path logFile() {
		return this.life.directory().log();
	}

	/**
	 * Starts it with a standard input that ends when its writer has gone. As
	 * {@link #start(ContainerSpec, boolean)}.
	 */
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
			if (!state().phase().canStart()) {
				throw new IllegalStateException("container " + id() + " is " + phaseName());
			}
			this.life.launch(spec, keepInputOpen);
		}
		finally {
			this.verbs.unlock();
		}
	}

	/** Completes at the end of the run under way; at once if there is none. */
	public CompletableFuture<ContainerState> exit() {
		return this.life.exit();
	}

	/** Completes at the end of the run under way, or of the next one if there is none. */
	public CompletableFuture<ContainerState> nextExit() {
		return this.life.nextExit();
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
		if (number == SignalNumber.KILL.number() && state().phase() == ContainerState.Phase.PAUSED) {
			run.thaw();
		}
	}

	/**
	 * Sends the signal, waits for the grace time, kills, waits for the end. A paused
	 * container goes on, to hear the signal. Nothing happens if it is not running.
	 * @param grace negative is for ever
	 * @throws LinuxException EINTR if the thread is interrupted
	 */
	public void stop(int signal, Duration grace) {
		stop(signal, grace, (_) -> {
		});
	}

	/**
	 * As {@link #stop(int, Duration)}.
	 * @param sending told of each signal before it is sent
	 */
	public void stop(int signal, Duration grace, IntConsumer sending) {
		CompletableFuture<ContainerState> end = exit();
		this.life.live().ifPresent((run) -> {
			sending.accept(signal);
			run.signal(signal);
			if (state().phase() == ContainerState.Phase.PAUSED) {
				run.thaw();
			}
			if (!awaitExit(end, grace)) {
				sending.accept(SignalNumber.KILL.number());
				run.signal(SignalNumber.KILL.number());
				awaitExit(end, Duration.ofNanos(-1));
			}
		});
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
			if (state().phase() == ContainerState.Phase.PAUSED) {
				throw new IllegalStateException("container " + id() + " is already paused");
			}
			requireLive().freeze();
			this.life.changeLive(ContainerState.Phase.PAUSED);
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
			if (state().phase() != ContainerState.Phase.PAUSED) {
				throw new IllegalStateException("container " + id() + " is not paused");
			}
			requireLive().thaw();
			this.life.changeLive(ContainerState.Phase.RUNNING);
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
		return this.life.audience().add(sink);
	}

	/**
	 * Writes to standard input; blocks (a virtual thread cheaply) while the pipe is full.
	 * Before the start, waits for the start. What nobody will read is dropped.
	 * @throws LinuxException EINTR if the thread is interrupted
	 */
	public void writeInput(ByteBuffer data) {
		this.life.input().write(data);
	}

	/**
	 * Closes standard input: the container reads its end. Before the start, it will find
	 * it closed.
	 */
	public void closeInput() {
		this.life.input().close();
	}

	/** Sets the size of the terminal, also of one that is still to be made. */
	public void resize(int rows, int columns) {
		this.life.resize(new TerminalSize(rows, columns));
	}

	/**
	 * Reads the log, oldest first. Returns at its end; when following, at the end of the
	 * container or when the thread is interrupted.
	 */
	public void readLog(LogQuery query, Consumer<LogLine> reader) {
		readLog(query, reader, () -> {
		});
	}

	/**
	 * The same for a reader that gathers lines.
	 * @param pause runs whenever there is no more for the moment, or at all
	 */
	public void readLog(LogQuery query, Consumer<LogLine> reader, Runnable pause) {
		try (LogReader lines = new LogReader(this.life.log(), query, reader, pause)) {
			lines.read();
		}
	}

	/**
	 * Reads its isolation back from the kernel and holds it against a spec.
	 * @param declared the spec it was started with, with the limits of today
	 * @param readFilters whether to read seccomp filters back, too: of a paused container
	 * they cannot be read
	 * @return empty if it does not run
	 */
	public Optional<IsolationReport> observe(ContainerSpec declared, boolean readFilters) {
		return this.life.observe(declared, readFilters && state().phase() != ContainerState.Phase.PAUSED);
	}

	/**
	 * The system calls of the launch of the run under way, or of the last that was kept:
	 * a launch is kept when its run has lasted for a second.
	 * @return empty if there is none
	 */
	public Optional<LaunchTrace> lastLaunch() {
		List<Integer> kept = launches();
		return this.life.live()
			.flatMap(LiveRun::trace)
			.or(() -> kept.isEmpty() ? Optional.empty() : launch(kept.getLast()));
	}

	/** The numbers of the launches that are kept, the oldest first. */
	public List<Integer> launches() {
		return new LaunchArchive(this.life.directory().launches()).numbers();
	}

	/** The system calls of a launch; empty if it is not kept. */
	public Optional<LaunchTrace> launch(int number) {
		return new LaunchArchive(this.life.directory().launches()).read(number);
	}

	/**
	 * Brings it onto one more network while it runs.
	 * @throws dev.caisson.engine.network.NetworkException if that cannot be; nothing has
	 * changed then
	 * @throws IllegalStateException if it is not running
	 */
	public Endpoint connect(EndpointSpec wanted) {
		this.verbs.lock();
		try {
			return this.life.connect(wanted);
		}
		finally {
			this.verbs.unlock();
		}
	}

	/**
	 * Takes it off a network while it runs. If its default route went there, another of
	 * its networks takes that over, and the published ports.
	 * @throws dev.caisson.engine.network.NetworkException if it is not in it
	 * @throws IllegalStateException if it is not running
	 */
	public void disconnect(NetworkId network) {
		this.verbs.lock();
		try {
			this.life.disconnect(network);
		}
		finally {
			this.verbs.unlock();
		}
	}

	/**
	 * Changes by which names others find it on networks where it is; nothing happens if
	 * it does not run.
	 * @param names its own first; networks that are not named stay as they are
	 */
	public void rename(Map<NetworkId, List<String>> names) {
		this.life.rename(names);
	}

	/** The processes in it, as the host numbers them. */
	public List<Integer> processes() {
		return this.life.live().map(LiveRun::processes).orElse(List.of());
	}

	/**
	 * Creates a further process; it is started by itself.
	 * @throws IllegalStateException if the container is not running, or paused
	 */
	public Exec createExec(ExecSpec spec) {
		if (state().phase() == ContainerState.Phase.PAUSED) {
			throw new IllegalStateException("container " + id() + " is paused");
		}
		return this.life.execs().create(spec);
	}

	/** Its exec instances that have not ended. */
	public List<Exec> execs() {
		return this.life.execs().current();
	}

	/**
	 * What it has used until now.
	 * @return empty if it does not run
	 */
	public Optional<CgroupStats> stats() {
		return this.life.live().flatMap(LiveRun::stats);
	}

	/**
	 * Changes the limits of the run under way, if there is one.
	 * @param resources the whole declaration: what it leaves empty is unlimited
	 * afterwards
	 * @throws LinuxException if the kernel refuses one, such as less memory than is used
	 */
	public void update(ResourceSpec resources) {
		this.life.live().ifPresent((run) -> run.update(resources));
	}

	/**
	 * Removes everything it has: files, log, ledger. It is gone for everybody at the
	 * return, and for the kernel some milliseconds later.
	 * @throws IllegalStateException if it is running
	 */
	public void remove() {
		this.verbs.lock();
		try {
			if (state().phase().isLive()) {
				throw new IllegalStateException("container " + id() + " is " + phaseName());
			}
			if (!this.removed.isDone()) {
				this.life.remove(this.owner.remove(this));
				this.removed.complete(state());
			}
		}
		finally {
			this.verbs.unlock();
		}
	}

	/** Its files. */
	public ContainerFilesystem files() {
		return new ContainerFilesystem(this);
	}

	/** The root of the run under way, or null if there is none. */
	@Nullable RootView viewOfRun() {
		Optional<LiveRun> run = this.life.live();
		if (run.isEmpty()) {
			return null;
		}
		Fd namespace;
		try {
			namespace = Fd.open(Path.of("/proc", Integer.toString(run.get().pid()), "ns/mnt"), Fd.O_RDONLY);
		}
		catch (LinuxException ex) {
			return null;
		}
		// only now it is certain that the number was not another process's by then
		if (!run.get().signal(0)) {
			namespace.close();
			return null;
		}
		return RootView.ofRunning(namespace);
	}

	/**
	 * Does something with the files of a container that does not run, and keeps it from
	 * being started or removed meanwhile.
	 * @throws IllegalStateException if it runs
	 */
	void whileStopped(Runnable action) {
		this.verbs.lock();
		try {
			if (state().phase().isLive()) {
				throw new IllegalStateException("container " + id() + " is " + phaseName());
			}
			this.life.awaitRelease();
			action.run();
		}
		finally {
			this.verbs.unlock();
		}
	}

	/**
	 * Does something while none of its processes runs, so that its files hold still. It
	 * does not become paused by this: if the service is killed meanwhile, the next one
	 * lets it go on. One that does not run, or is paused, stays as it is.
	 */
	public <T> T whileFrozen(Supplier<T> action) {
		this.verbs.lock();
		try {
			Optional<LiveRun> run = (state().phase() == ContainerState.Phase.RUNNING) ? this.life.live()
					: Optional.empty();
			run.ifPresent(LiveRun::freeze);
			try {
				return action.get();
			}
			finally {
				run.ifPresent(LiveRun::thaw);
			}
		}
		finally {
			this.verbs.unlock();
		}
	}

	private LiveRun requireLive() {
		return this.life.requireLive();
	}

	private String phaseName() {
		return state().phase().name().toLowerCase(Locale.ROOT);
	}

	/** Where its directories and listeners are. */
	interface Owner {

		/** Tells of the end of a run. */
		void exited(Container container);

		/**
		 * Forgets it.
		 * @return removes its files
		 */
		Runnable remove(Container container);

	}

}
