package dev.caisson.engine.container;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.engine.spec.ResourceSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run under way, from its beginning or from when it was taken back: its output, its
 * terminal and its end. <pre>
 *   the first process ends --> take what is in the pipes --> all at their end --> conclude
 *                                  \--> someone holds one open: kill the rest, wait a little
 * </pre> Safe for use by many threads.
 */
final class LiveRun {

	private static final Logger LOG = LoggerFactory.getLogger(LiveRun.class);

	/** How long the end of a run waits for those who are attached and keep reading. */
	private static final Duration FAREWELL = Duration.ofSeconds(1);

	/** A run that has ended by then leaves no trace of its launch. */
	private static final Duration ARCHIVED_AFTER = Duration.ofSeconds(1);

	private final Machinery machinery;

	private final ContainerDirectory directory;

	private final Run run;

	private final @Nullable Fd terminal;

	private final OutputPump pump;

	private final BiConsumer<ExitStatus, Boolean> conclusion;

	private final Audience audience;

	private CompletableFuture<Void> delivered = CompletableFuture.completedFuture(null);

	private EventLoop.@Nullable Watch endWatch;

	private EventLoop.@Nullable Timer lastCall;

	/** In memory until it is kept on disk, which a short run is not worth. */
	private volatile Optional<LaunchTrace> trace;

	private EventLoop.@Nullable Timer archiving;

	/** Touched by the loop's thread alone. */
	private boolean ended;

	private boolean drained;

	/** Guarded by this. */
	private boolean gone;

	/**
	 * Takes over the service's ends of the streams.
	 * @param ends by name; of a terminal, also the terminal itself
	 * @param conclusion told, by a thread that may block, when the run is over: how it
	 * ended and whether the OOM killer struck
	 */
	LiveRun(Machinery machinery, ContainerDirectory directory, Run run, Map<KeptDescriptor, Fd> ends, LogFiles log,
			Audience audience, BiConsumer<ExitStatus, Boolean> conclusion) {
		this.machinery = machinery;
		this.directory = directory;
		this.run = run;
		this.trace = run.takeTrace();
		this.audience = audience;
		this.conclusion = conclusion;
		Fd console = ends.get(KeptDescriptor.TERMINAL);
		this.terminal = (console != null) ? console.duplicate(0) : null;
		this.pump = new OutputPump(machinery.loop(), machinery.buffers(), directory, log, audience, sources(ends),
				this::drained);
	}

	private static Map<Integer, OutputSource> sources(Map<KeptDescriptor, Fd> ends) {
		Fd console = ends.get(KeptDescriptor.TERMINAL);
		if (console != null) {
			return Map.of(1, new OutputSource.Terminal(console, end(ends, KeptDescriptor.RELAY_IN),
					end(ends, KeptDescriptor.RELAY_OUT)));
		}
		return Map.of(1, new OutputSource.Pipe(end(ends, KeptDescriptor.STDOUT)), 2,
				new OutputSource.Pipe(end(ends, KeptDescriptor.STDERR)));
	}

	private static Fd end(Map<KeptDescriptor, Fd> ends, KeptDescriptor kept) {
		Fd end = ends.get(kept);
		if (end == null) {
			throw new IllegalArgumentException("a run without " + kept);
		}
		return end;
	}

	void begin() {
		this.machinery.loop().execute(() -> {
			this.pump.begin();
			this.endWatch = this.machinery.loop().watch(this.run.ended(), EventLoop.READABLE, (_) -> ended());
			if (this.trace.isPresent()) {
				this.archiving = this.machinery.loop()
					.schedule(ARCHIVED_AFTER, () -> this.machinery.background().execute(this::archive));
			}
		});
	}

	private void ended() {
		if (this.endWatch != null) {
			this.endWatch.close();
		}
		if (this.archiving != null) {
			this.archiving.cancel();
		}
		this.pump.processEnded();
		this.ended = true;
		if (this.drained) {
			conclude();
			return;
		}
		// a process of the container that has outlived the first one, as it can in the
		// host's pid namespace
		this.machinery.background().execute(this::killRest);
		this.lastCall = this.machinery.loop().schedule(this.machinery.patience(), this.pump::abandon);
	}

	private void drained() {
		this.drained = true;
		this.delivered = this.audience.finish();
		if (this.ended) {
			conclude();
		}
	}

	private void conclude() {
		if (this.lastCall != null) {
			this.lastCall.cancel();
		}
		this.machinery.background().execute(() -> {
			ExitStatus status = this.run.status().orElse(Life.UNKNOWN_STATUS);
			boolean oomKilled = safely("count the OOM killer's strikes", this.run::oomKilled).orElse(false);
			this.conclusion.accept(status, oomKilled);
		});
	}

	/** Waits a little until the attached have had everything. */
	void awaitAudience() {
		Audience.await(this.delivered, FAREWELL);
	}

	private void killRest() {
		safely("kill what is left", () -> {
			this.run.killAll();
			return true;
		});
	}

	/**
	 * Removes everything that the run has made.
	 * @param bystanders waits for those whose processes have been killed with it
	 */
	void release(Runnable bystanders) {
		killRest();
		bystanders.run();
		synchronized (this) {
			this.gone = true;
		}
		if (this.terminal != null) {
			this.terminal.close();
		}
		this.run.release();
		deleteSpools(this.directory);
	}

	static void deleteSpools(ContainerDirectory directory) {
		try {
			Files.deleteIfExists(directory.spool(1));
			Files.deleteIfExists(directory.spool(2));
			// the last: without it, the spools would be taken for output of a new run
			Files.deleteIfExists(directory.logPosition());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("remove the spools of " + directory.id(), ex);
		}
	}

	/** Lets go without an end: the container runs on. On the loop's thread. */
	void letGo() {
		if (this.endWatch != null) {
			this.endWatch.close();
		}
		if (this.lastCall != null) {
			this.lastCall.cancel();
		}
		if (this.archiving != null) {
			this.archiving.cancel();
		}
		this.pump.letGo();
		synchronized (this) {
			this.gone = true;
			this.run.letGo();
			if (this.terminal != null) {
				this.terminal.close();
			}
		}
	}

	int pid() {
		return this.run.pid();
	}

	/** The calls of its launch; empty if an earlier service had launched it. */
	Optional<LaunchTrace> trace() {
		return this.trace;
	}

	/** A trace is larger than all else that an idle container has in memory. */
	private void archive() {
		this.trace.ifPresent((calls) -> safely("keep the launch", () -> {
			int number = new LaunchArchive(this.directory.launches()).add(calls);
			this.trace = Optional.empty();
			return number;
		}));
	}

	/** A pidfd of it, the caller's own; empty if it has ended. */
	synchronized Optional<Fd> process() {
		return this.gone ? Optional.empty() : this.run.process();
	}

	/** Whether there was a process to send it to. */
	synchronized boolean signal(int number) {
		return !this.gone && this.run.signal(number);
	}

	synchronized void freeze() {
		if (!this.gone) {
			this.run.freeze();
		}
	}

	synchronized void thaw() {
		if (!this.gone) {
			this.run.thaw();
		}
	}

	synchronized List<Integer> processes() {
		return this.gone ? List.of() : this.run.processes();
	}

	/** Empty if the run is over. */
	synchronized Optional<CgroupStats> stats() {
		return this.gone ? Optional.empty() : Optional.of(this.run.stats());
	}

	synchronized void update(ResourceSpec resources) {
		if (!this.gone) {
			this.run.update(resources);
		}
	}

	/** Without a terminal, nothing happens. */
	synchronized void resize(TerminalSize size) {
		if (this.terminal != null && !this.gone) {
			size.set(this.terminal);
		}
	}

	private <T> Optional<T> safely(String purpose, Supplier<T> action) {
		try {
			return Optional.of(action.get());
		}
		catch (RuntimeException ex) {
			LOG.warn("{} of container {}", purpose, this.directory.id(), ex);
			return Optional.empty();
		}
	}

}
