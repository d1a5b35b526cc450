package dev.caisson.engine.container;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.engine.spec.ResourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.cgroup.Cgroup;
import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.Keeper;
import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.engine.linux.Fd;

/** A run under a keeper. */
final class LaunchedRun implements Run {

	/**
	 * The keeper ends once it has told of the end; taking its mounts apart takes a
	 * millisecond.
	 */
	private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(5);

	private final ContainerDirectory directory;

	private final Keeper keeper;

	private final Cgroup cgroup;

	private final Fd ended;

	private final Runnable undo;

	private Optional<LaunchTrace> trace;

	/**
	 * Made by {@link Launches}.
	 * @param undo removes, and strikes from the ledger, all but the keeper
	 */
	LaunchedRun(ContainerDirectory directory, Keeper keeper, Cgroup cgroup, Fd ended, Runnable undo,
			Optional<LaunchTrace> trace) {
		this.directory = directory;
		this.keeper = keeper;
		this.cgroup = cgroup;
		this.ended = ended;
		this.undo = undo;
		this.trace = trace;
	}

	@Override
	public int pid() {
		return this.keeper.containerPid();
	}

	@Override
	public Optional<Fd> process() {
		return this.keeper.container().map((process) -> process.duplicate(0));
	}

	@Override
	public Fd ended() {
		return this.ended;
	}

	@Override
	public Optional<Fd> take(KeptDescriptor kept) {
		return this.keeper.takeIfHeld(kept);
	}

	@Override
	public Optional<ExitStatus> status() {
		try {
			return ExitStatus.parse(Files.readAllBytes(this.directory.status()));
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	@Override
	public boolean signal(int number) {
		return this.keeper.signal(number);
	}

	@Override
	public void freeze() {
		this.cgroup.freeze();
	}

	@Override
	public void thaw() {
		this.cgroup.thaw();
	}

	@Override
	public void killAll() {
		this.cgroup.kill();
	}

	@Override
	public List<Integer> processes() {
		return this.cgroup.processes();
	}

	@Override
	public Optional<LaunchTrace> takeTrace() {
		Optional<LaunchTrace> taken = this.trace;
		this.trace = Optional.empty();
		return taken;
	}

	@Override
	public CgroupStats stats() {
		return this.cgroup.stats();
	}

	@Override
	public void update(ResourceSpec resources) {
		this.cgroup.update(resources);
	}

	@Override
	public boolean oomKilled() {
		return this.cgroup.oomKills() > 0;
	}

	@Override
	public void release() {
		if (!this.ended.isClosed()) {
			this.keeper.release();
			this.keeper.awaitEnd(LONGEST_GOODBYE);
		}
		letGo();
		this.undo.run();
	}

	@Override
	public void letGo() {
		this.keeper.close();
		this.ended.close();
	}

}
