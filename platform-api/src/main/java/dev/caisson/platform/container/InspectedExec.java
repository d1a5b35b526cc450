package dev.caisson.platform.container;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.container.Exec;
import dev.caisson.engine.container.ExecState;
import dev.caisson.engine.container.ExecState.Phase;
import dev.caisson.engine.spec.ExecSpec;
import dev.caisson.platform.container.definition.ExecWords;
import org.jspecify.annotations.Nullable;

/** Docker's ExecInspectResponse. */
record InspectedExec(@JsonProperty("CanRemove") boolean canRemove, @JsonProperty("DetachKeys") String detachKeys,
		@JsonProperty("ID") String id, @JsonProperty("Running") boolean running,
		@JsonProperty("ExitCode") @Nullable Integer exitCode, @JsonProperty("ProcessConfig") ProcessView processConfig,
		@JsonProperty("OpenStdin") boolean openStdin, @JsonProperty("OpenStderr") boolean openStderr,
		@JsonProperty("OpenStdout") boolean openStdout, @JsonProperty("ContainerID") String containerId,
		@JsonProperty("Pid") int pid) {

	static InspectedExec of(Exec exec) {
		ExecState state = exec.state();
		ExecSpec spec = exec.spec();
		return new InspectedExec(false, spec.notes().getOrDefault(ExecWords.DETACH_KEYS, ""), exec.id().value(),
				state.phase() == Phase.RUNNING, (state.phase() == Phase.EXITED) ? state.exitCode() : null,
				new ProcessView(spec.privileged(), spec.user().isEmpty() ? null : spec.user(), spec.terminal(),
						spec.arguments().getFirst(), spec.arguments().subList(1, spec.arguments().size())),
				spec.openStdin(), wants(spec, ExecWords.STDERR), wants(spec, ExecWords.STDOUT),
				exec.container().value(), state.pid());
	}

	static boolean wants(ExecSpec spec, String stream) {
		return Boolean.parseBoolean(spec.notes().get(stream));
	}

	/** Docker's ProcessConfig. */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record ProcessView(@JsonProperty("privileged") boolean privileged, @JsonProperty("user") @Nullable String user,
			@JsonProperty("tty") boolean tty, @JsonProperty("entrypoint") String entrypoint,
			@JsonProperty("arguments") List<String> arguments) {
	}

}
