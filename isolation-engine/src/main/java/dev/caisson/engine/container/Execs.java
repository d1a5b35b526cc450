package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.ExecSpec;

/**
 * The exec instances of one container. They go with its run; an ended one can be asked
 * about for some minutes. Safe for use by many threads.
 */
final class Execs {

	/** As long as Docker keeps ended ones at least. */
	private static final Duration REMEMBERED = Duration.ofMinutes(5);

	/** How long the end of a run waits for them. */
	private static final Duration FAREWELL = Duration.ofSeconds(2);

	private final Machinery machinery;

	private final ContainerDirectory directory;

	private final Ledger ledger;

	private final Supplier<Optional<LiveRun>> live;

	private final Map<ExecId, Exec> all = new ConcurrentHashMap<>();

	/**
	 * @param live the run under way
	 */
	Execs(Machinery machinery, ContainerDirectory directory, Ledger ledger, Supplier<Optional<LiveRun>> live) {
		this.machinery = machinery;
		this.directory = directory;
		this.ledger = ledger;
		this.live = live;
	}

	Machinery machinery() {
		return this.machinery;
	}

	ContainerId container() {
		return this.directory.id();
	}

	/**
	 * Runs what blocks; also when the service is about to go, for an end waits for it.
	 */
	void execute(Runnable task) {
		try {
			this.machinery.background().execute(task);
		}
		catch (RejectedExecutionException ex) {
			Thread.ofPlatform().daemon().name("caisson-exec-end").start(task);
		}
	}

	Exec create(ExecSpec spec) {
		requireLive();
		ExecId id = ExecId.random();
		ExecFile.write(this.directory.exec(id).spec(), spec);
		Exec exec = new Exec(this, id, spec);
		this.all.put(id, exec);
		return exec;
	}

	Optional<Exec> find(ExecId id) {
		return Optional.ofNullable(this.all.get(id));
	}

	/** Those that have not ended. */
	List<Exec> current() {
		return this.all.values().stream().filter((exec) -> exec.state().phase() != ExecState.Phase.EXITED).toList();
	}

	private LiveRun requireLive() {
		return this.live.get()
			.orElseThrow(() -> new IllegalStateException("container " + container() + " is not running"));
	}

	/**
	 * By a platform thread: a launch blocks, and would pin a virtual thread's carrier.
	 */
	ExecRun launch(Exec exec, ContainerSpec container, Stdio stdio) {
		LiveRun run = requireLive();
		this.ledger.enter(Ledger.Kind.EXEC, exec.id().value());
		try (Fd process = run.process()
			.orElseThrow(() -> new IllegalStateException("container " + container() + " is not running"))) {
			return CompletableFuture
				.supplyAsync(
						() -> this.machinery.runs().exec(this.directory, container, exec, run.pid(), process, stdio),
						this.machinery.background())
				.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	/** Its keeper is gone, or never was. */
	void ended(Exec exec) {
		if (this.all.containsKey(exec.id())) {
			this.ledger.strike(Ledger.Kind.EXEC, exec.id().value());
			this.machinery.loop().schedule(REMEMBERED, () -> execute(() -> forget(exec)));
		}
	}

	private void forget(Exec exec) {
		if (this.all.remove(exec.id()) != null) {
			this.directory.exec(exec.id()).delete();
		}
	}

	/** Takes back what an earlier service left of them, when the container has been. */
	void recover() {
		for (ExecId id : recorded()) {
			ExecDirectory files = this.directory.exec(id);
			ExecFile.read(files.spec())
				.ifPresentOrElse((spec) -> recover(new Exec(this, id, spec), files), files::delete);
		}
	}

	private void recover(Exec exec, ExecDirectory files) {
		this.all.put(exec.id(), exec);
		boolean noted = this.ledger.outstanding().contains(new Ledger.Entry(Ledger.Kind.EXEC, exec.id().value()));
		Optional<ExecRun> run = noted ? this.machinery.runs().takeBackExec(this.directory, exec.id())
				: Optional.empty();
		Optional<ExitStatus> status = files.exitStatus();
		if (run.isPresent()) {
			exec.resume(run.get());
		}
		else if (status.isPresent() || Files.exists(files.status())) {
			exec.endedBefore(status.orElse(Life.UNKNOWN_STATUS).code());
		}
	}

	private List<ExecId> recorded() {
		Path execs = this.directory.execs();
		if (Files.notExists(execs)) {
			return List.of();
		}
		try (Stream<Path> names = Files.list(execs)) {
			return names.map((path) -> path.getFileName().toString())
				.filter((name) -> name.matches("[0-9a-f]{64}"))
				.map(ExecId::new)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list " + execs, ex);
		}
	}

	/**
	 * The run is over and everything in it has been killed: waits until their ends have
	 * been noted, and drops what was never started.
	 */
	void endRun() {
		for (Exec exec : current()) {
			if (exec.state().phase() == ExecState.Phase.CREATED) {
				this.all.remove(exec.id());
			}
			else {
				Audience.await(exec.exit().thenAccept((_) -> {
				}), FAREWELL);
			}
		}
	}

	/** The container is gone. */
	void remove() {
		List<Exec> gone = List.copyOf(this.all.values());
		this.all.clear();
		gone.forEach(Exec::letGo);
	}

	/** Lets go of everything; the processes run on. On the loop's thread. */
	void letGo() {
		this.all.values().forEach(Exec::letGo);
	}

}
