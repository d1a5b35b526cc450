package dev.caisson.engine.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.Keeper;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Launcher;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SystemCall;

/**
 * A process of the host's file system, in a pid namespace of its own, that makes the
 * steps of one mechanism before it becomes a program. Closing it kills it.
 */
public final class LaunchedProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Launcher launcher = new Launcher(PATIENCE);

	private final Map<String, Fd> descriptors = new HashMap<>();

	private final Path output;

	private final Keeper keeper;

	/**
	 * Starts the process.
	 * @param directory where its output and exit status go
	 * @param steps added before execve
	 * @param arguments the program, by its path, and its arguments
	 */
	public LaunchedProcess(Path directory, Consumer<LaunchPlan.Section> steps, String... arguments) {
		this.output = directory.resolve("output");
		Fd nothing = Fd.open(Path.of("/dev/null"), Fd.O_RDWR);
		give(KeptDescriptor.CHILD_STDIN, nothing);
		give(KeptDescriptor.CHILD_STDOUT, Fd.open(this.output, Fd.O_RDWR | Fd.O_CREAT | Fd.O_TRUNC, 0600));
		give(KeptDescriptor.CHILD_STDERR, nothing);
		give(KeptDescriptor.EXIT, Fd.event("exit"));
		give(KeptDescriptor.STATUS, Fd.open(directory.resolve("status"), Fd.O_RDWR | Fd.O_CREAT, 0600));
		try {
			this.keeper = this.launcher.run(plan(steps, List.of(arguments)), "test", this.descriptors, null).keeper();
		}
		catch (RuntimeException ex) {
			release();
			throw ex;
		}
	}

	private static LaunchPlan plan(Consumer<LaunchPlan.Section> steps, List<String> arguments) {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		Launcher.declare(plan);
		LaunchFrame.begin(plan);
		Step clone = LaunchFrame.clone(plan, 0x20000000, "CLONE_NEWPID", Optional.empty());
		LaunchFrame.end(plan, clone);
		LaunchFrame.letGo(plan, 1);
		steps.accept(plan.child());
		plan.child()
			.call("execute " + arguments.getFirst(), SystemCall.EXECVE, Arg.text(arguments.getFirst()),
					new Arg.Vector(arguments), new Arg.Vector(List.of()));
		return plan.build();
	}

	/** Its number here on the host. */
	public int pid() {
		return this.keeper.containerPid();
	}

	public Keeper keeper() {
		return this.keeper;
	}

	/** Waits for its end, and reads what it printed. */
	public List<String> outputAtEnd() throws IOException {
		this.keeper.awaitEnd(PATIENCE);
		return Files.readAllLines(this.output);
	}

	private void give(KeptDescriptor kept, Fd fd) {
		this.descriptors.put(kept.descriptorName(), fd);
	}

	@Override
	public void close() {
		this.keeper.end();
		release();
	}

	private void release() {
		this.descriptors.values().forEach(Fd::close);
		this.launcher.close();
	}

}
