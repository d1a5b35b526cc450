package dev.caisson.platform.container;

import java.util.Map;

import dev.caisson.engine.container.Containers;
import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.engine.container.Exec;
import dev.caisson.engine.container.ExecId;
import dev.caisson.engine.container.ExecState;
import dev.caisson.engine.container.OutputSink;
import dev.caisson.engine.spec.ExecSpec;
import dev.caisson.platform.container.definition.ExecRequest;
import dev.caisson.platform.container.definition.ExecWords;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Further processes in containers. Safe for use by many threads. */
@Component
final class ContainerExecs {

	private final Containers containers;

	private final ContainerRegistry registry;

	private final ContainerEvents events;

	private final ContainerSpecs specs;

	ContainerExecs(Containers containers, ContainerRegistry registry, ContainerEvents events, ContainerSpecs specs) {
		this.containers = containers;
		this.registry = registry;
		this.events = events;
		this.specs = specs;
	}

	/**
	 * Creates one, as a client asks for it.
	 * @param reference how the client calls the container
	 * @throws ContainerConflictException if the container does not run, or is paused
	 */
	Exec create(ContainerEntry entry, String reference, ExecRequest request) {
		checkRunning(entry, reference);
		if (!request.detachKeys().isEmpty()) {
			DetachKeys.parse(request.detachKeys());
		}
		ExecSpec spec = ExecWords.translate(request, entry.definition().config(), this.specs.of(entry));
		Exec exec = entry.container().createExec(spec);
		this.events.publish(entry, "exec_create: " + command(spec), Map.of("execID", exec.id().value()));
		return exec;
	}

	/**
	 * Starts one and returns when its program has been executed.
	 * @param sink gets its output; null if nobody wants it
	 * @throws dev.caisson.engine.container.LaunchFailedException if it could not be
	 * started
	 */
	void start(Exec exec, @Nullable OutputSink sink) {
		ContainerEntry entry = entry(exec);
		this.events.publish(entry, "exec_start: " + command(exec.spec()), Map.of("execID", exec.id().value()));
		exec.start(this.specs.of(entry), sink);
		exec.exit()
			.thenAccept((end) -> this.events.publish(entry, "exec_die",
					Map.of("execID", exec.id().value(), "exitCode", Integer.toString(end.exitCode()))));
	}

	/** The client has typed the keys that take it off. */
	void detached(Exec exec) {
		this.events.publish(entry(exec), "exec_detach: " + command(exec.spec()), Map.of("execID", exec.id().value()));
	}

	/**
	 * @throws NoSuchExecException if there is none, or its container is gone
	 */
	Exec find(String id) {
		if (!id.matches("[0-9a-f]{64}")) {
			throw new NoSuchExecException(id);
		}
		return this.containers.findExec(new ExecId(id)).orElseThrow(() -> new NoSuchExecException(id));
	}

	/**
	 * Checks that it can be started.
	 * @throws ContainerConflictException if it was before, or its container does not run
	 */
	void checkStartable(Exec exec) {
		switch (exec.state().phase()) {
			case RUNNING ->
				throw new ContainerConflictException("Error: Exec command " + exec.id() + " is already running");
			case EXITED ->
				throw new ContainerConflictException("Error: Exec command " + exec.id() + " has already run");
			case CREATED -> {
				ContainerEntry entry = entry(exec);
				checkRunning(entry, entry.id().value());
			}
		}
	}

	/**
	 * @throws NoSuchExecException if it has ended
	 */
	void resize(Exec exec, int rows, int columns) {
		if (exec.state().phase() == ExecState.Phase.EXITED) {
			throw new NoSuchExecException(exec.id().value());
		}
		exec.resize(rows, columns);
	}

	private ContainerEntry entry(Exec exec) {
		return this.registry.find(exec.container()).orElseThrow(() -> new NoSuchExecException(exec.id().value()));
	}

	private static void checkRunning(ContainerEntry entry, String reference) {
		if (entry.state().phase() == Phase.PAUSED) {
			throw new ContainerConflictException(
					"Container " + reference + " is paused, unpause the container before exec");
		}
		if (!entry.isLive()) {
			throw new ContainerConflictException("Container " + entry.id() + " is not running");
		}
	}

	/** As Docker writes it, with the space behind a program without arguments. */
	private static String command(ExecSpec spec) {
		return spec.arguments().getFirst() + " "
				+ String.join(" ", spec.arguments().subList(1, spec.arguments().size()));
	}

}
