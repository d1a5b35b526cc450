package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SignalNumber;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.NetworkId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From one run of a container to the next: what is known of it, on disk first, and what
 * its start and its end do. <pre>
 *   launch   streams, run, state on disk, go live
 *   end      state on disk, the attached have everything, listeners, exit, release
 * </pre> Safe for use by many threads; one launch at a time.
 */
final class Life {

	/** When nobody is left who could tell how it ended. */
	static final ExitStatus UNKNOWN_STATUS = new ExitStatus(255);

	private static final Logger LOG = LoggerFactory.getLogger(Life.class);

	private static final int LAUNCH_FAILED = 128;

	/** A listener that hangs must not keep a container for ever. */
	private static final Duration LONGEST_TELLING = Duration.ofSeconds(10);

	private static final Duration JUST_NOW = Duration.ofSeconds(1);

	private final Machinery machinery;

	private final ContainerDirectory directory;

	private final Runnable exited;

	private final Ledger ledger;

	private final StateFile stateFile;

	private final LogFiles log;

	private final Audience audience;

	private final Input input;

	private final Execs execs;

	/** Guarded by this, as is what follows; reading the state needs no lock. */
	private volatile ContainerState state;

	private @Nullable LiveRun live;

	/** The end of the run is on disk: nothing else may be written over it. */
	private boolean ending;

	private CompletableFuture<ContainerState> nextExit = new CompletableFuture<>();

	/** Completes when the listeners know of the last end. */
	private CompletableFuture<@Nullable Void> told = CompletableFuture.completedFuture(null);

	/** Who tells them now; a listener may start or remove the container himself. */
	private volatile @Nullable Thread teller;

	private Release release = Release.NONE;

	private @Nullable TerminalSize terminalSize;

	/**
	 * @param exited tells the world of the end of a run
	 */
	Life(Machinery machinery, ContainerDirectory directory, LogSettings log, ContainerState state, Runnable exited) {
		this.machinery = machinery;
		this.directory = directory;
		this.exited = exited;
		this.state = state;
		this.ledger = new Ledger(directory.ledger());
		this.stateFile = new StateFile(directory.state());
		this.log = new LogFiles(directory.log(), log);
		this.audience = new Audience(machinery.mostBehind(), machinery.patience());
		this.input = new Input(machinery.loop());
		this.execs = new Execs(machinery, directory, this.ledger, this::live);
	}

	ContainerDirectory directory() {
		return this.directory;
	}

	ContainerState state() {
		return this.state;
	}

	Ledger ledger() {
		return this.ledger;
	}

	LogFiles log() {
		return this.log;
	}

	Audience audience() {
		return this.audience;
	}

	Input input() {
		return this.input;
	}

	Execs execs() {
		return this.execs;
	}

	synchronized Optional<LiveRun> live() {
		return Optional.ofNullable(this.live);
	}

	void rename(Map<NetworkId, List<String>> names) {
		this.machinery.runs().rename(this.directory.id(), names);
	}

	/** What the kernel says of the run under way; empty if there is none. */
	Optional<IsolationReport> observe(ContainerSpec declared, boolean readFilters) {
		return live().flatMap((run) -> this.machinery.runs().observe(declared, run.pid(), readFilters));
	}

	/** Completes at the end of the run under way; at once if there is none. */
	synchronized CompletableFuture<ContainerState> exit() {
		return (this.live != null) ? this.nextExit.copy() : CompletableFuture.completedFuture(this.state);
	}

	synchronized CompletableFuture<ContainerState> nextExit() {
		return this.nextExit.copy();
	}

	void launch(ContainerSpec spec, boolean keepInputOpen) {
		awaitTold();
		awaitRelease();
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

	private synchronized Stdio openStreams(ContainerSpec spec, boolean keepInputOpen) {
		return spec.process().terminal() ? Stdio.terminal(this.terminalSize)
				: Stdio.pipes(spec.process().openStdin(), keepInputOpen);
	}

	/** Takes back a run that an earlier service had begun. */
	void resumeRun(Run run, Map<KeptDescriptor, Fd> ends) {
		this.log.begin();
		settlePause(run);
		// its input is still open only if it was kept open
		goLive(run, ends, true, this.state);
		this.execs.recover();
	}

	/** The service may have been killed between the freezer and its record. */
	private void settlePause(Run run) {
		try {
			if (this.state.phase() == ContainerState.Phase.PAUSED) {
				run.freeze();
			}
			else {
				run.thaw();
			}
		}
		catch (LinuxException ex) {
			LOG.warn("whether container {} is paused is not certain", this.directory.id(), ex);
		}
	}

	private void goLive(Run run, Map<KeptDescriptor, Fd> ends, boolean keepInputOpen, ContainerState running) {
		LiveRun next = new LiveRun(this.machinery, this.directory, run, ends, this.log, this.audience, this::ended);
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
		String message = String.valueOf(ex.getMessage());
		int exitCode = (ex instanceof LaunchFailedException failure) ? failure.exitCode() : LAUNCH_FAILED;
		this.log.end();
		this.audience.finish();
		this.audience.reopen();
		ContainerState before = this.state;
		ContainerState after = new ContainerState(before.phase(), 0, exitCode, false, message, before.startedAt(),
				before.finishedAt());
		persist(after);
		this.state = after;
		return switch (ex) {
			case LaunchFailedException failure -> failure;
			case InvalidSpecException invalid -> invalid;
			default -> {
				LaunchFailedException failure = new LaunchFailedException(exitCode, message);
				failure.initCause(ex);
				yield failure;
			}
		};
	}

	/** The run is over. On a thread that may block. */
	private void ended(ExitStatus status, boolean oomKilled) {
		LiveRun over;
		CompletableFuture<ContainerState> exit;
		ContainerState after;
		synchronized (this) {
			over = this.live;
			exit = this.nextExit;
			if (over == null) {
				return;
			}
			this.ending = true;
			this.told = new CompletableFuture<>();
			after = exitedState(status, oomKilled);
			persist(after);
		}
		over.awaitAudience();
		this.input.end();
		Release last = new Release(() -> over.release(this.execs::endRun));
		synchronized (this) {
			this.state = after;
			this.live = null;
			this.nextExit = new CompletableFuture<>();
			this.release = last;
		}
		this.log.end();
		this.audience.reopen();
		this.teller = Thread.currentThread();
		this.exited.run();
		this.teller = null;
		this.told.complete(null);
		exit.complete(after);
		last.run();
	}

	/** A run that had ended while no service was there to see it. */
	void endedBefore(ExitStatus status, boolean oomKilled) {
		change(exitedState(status, oomKilled));
	}

	private ContainerState exitedState(ExitStatus status, boolean oomKilled) {
		return new ContainerState(ContainerState.Phase.EXITED, 0, status.code(), oomKilled, "", this.state.startedAt(),
				endTime());
	}

	/**
	 * When the keeper wrote the status, if that was a while ago, because no service was
	 * there. File times are too coarse for what has just happened.
	 */
	private Instant endTime() {
		Instant now = Instant.now();
		Instant started = this.state.startedAt();
		try {
			Instant written = Files.getLastModifiedTime(this.directory.status()).toInstant();
			boolean late = written.plus(JUST_NOW).isBefore(now);
			return (late && (started == null || !written.isBefore(started))) ? written : now;
		}
		catch (IOException ex) {
			return now;
		}
	}

	/**
	 * Brings the run under way onto one more network.
	 * @throws IllegalStateException if there is none
	 */
	Endpoint connect(EndpointSpec wanted) {
		LiveRun run = requireLive();
		Endpoint endpoint = this.machinery.runs().connect(this.directory.id(), run.pid(), wanted, this.ledger);
		if (live().filter((now) -> now == run).isEmpty()) {
			// it ended meanwhile, and its end may not have seen this on the ledger
			awaitRelease();
			this.machinery.runs().undo(this.directory, this.ledger);
			throw new IllegalStateException("container " + this.directory.id() + " is not running");
		}
		this.machinery.runs().join(this.directory, endpoint);
		return endpoint;
	}

	void disconnect(NetworkId network) {
		this.machinery.runs().leave(this.directory, network);
		this.machinery.runs().disconnect(this.directory.id(), requireLive().pid(), network, this.ledger);
	}

	LiveRun requireLive() {
		return live()
			.orElseThrow(() -> new IllegalStateException("container " + this.directory.id() + " is not running"));
	}

	/** A run that ends meanwhile has the last word. */
	synchronized void changeLive(ContainerState.Phase phase) {
		if (this.state.phase().isLive() && !this.ending) {
			change(withPhase(phase));
		}
	}

	synchronized void resize(TerminalSize size) {
		this.terminalSize = size;
		if (this.live != null) {
			this.live.resize(size);
		}
	}

	/**
	 * Removal is a matter of record at once; what takes its time, such as the end of a
	 * mount namespace, is done in the background, and by the next service if this one is
	 * killed. Whoever waits for a run is told that none will come.
	 * @param files takes the directories away when nothing uses them any more
	 */
	void remove(Runnable files) {
		awaitTold();
		change(withPhase(ContainerState.Phase.REMOVING));
		this.log.close();
		this.input.remove();
		this.audience.finish();
		CompletableFuture<ContainerState> waiting;
		synchronized (this) {
			waiting = this.nextExit;
		}
		waiting.complete(this.state);
		this.machinery.background().execute(() -> {
			try {
				awaitRelease();
				if (!this.ledger.outstanding().isEmpty()) {
					this.machinery.runs().undo(this.directory, this.ledger);
				}
				this.execs.remove();
				files.run();
			}
			catch (RuntimeException ex) {
				LOG.warn("container {} has left something behind, which the next start removes", this.directory.id(),
						ex);
			}
		});
	}

	/** Lets go of everything; the container runs on. On the loop's thread. */
	void letGo() {
		LiveRun run;
		synchronized (this) {
			run = this.live;
			this.live = null;
		}
		this.input.end();
		this.execs.letGo();
		this.log.end();
		if (run != null) {
			run.letGo();
		}
		this.audience.finish();
	}

	/**
	 * A state is seen before the listeners know of it; what comes next must not be told
	 * before the end.
	 */
	private void awaitTold() {
		if (this.teller == Thread.currentThread()) {
			return;
		}
		CompletableFuture<@Nullable Void> last;
		synchronized (this) {
			last = this.told;
		}
		last.copy().completeOnTimeout(null, LONGEST_TELLING.toSeconds(), TimeUnit.SECONDS).join();
	}

	/** Waits until what an ended run had is gone. */
	void awaitRelease() {
		Release last;
		synchronized (this) {
			last = this.release;
		}
		last.await();
	}

	private ContainerState withPhase(ContainerState.Phase phase) {
		ContainerState now = this.state;
		return new ContainerState(phase, now.pid(), now.exitCode(), now.oomKilled(), now.error(), now.startedAt(),
				now.finishedAt());
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
		catch (LinuxException ex) {
			LOG.error("the state of container {} is not on disk", this.directory.id(), ex);
		}
	}

}
