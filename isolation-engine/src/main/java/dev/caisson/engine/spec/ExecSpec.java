package dev.caisson.engine.spec;

import java.util.List;
import java.util.Map;

/**
 * A further process of a container that runs.
 *
 * @param arguments the program and its arguments
 * @param environment {@code NAME=value} each: all that it gets, but for HOME
 * @param workingDirectory absolute; must exist
 * @param user {@code user[:group]} by name or number; empty means root
 * @param terminal whether its streams are a pseudo terminal
 * @param openStdin whether standard input is a pipe, not /dev/null
 * @param privileged whether it has all capabilities, whatever the container has
 * @param notes what its maker wants to know of it later; of no meaning here
 */
public record ExecSpec(List<String> arguments, List<String> environment, String workingDirectory, String user,
		boolean terminal, boolean openStdin, boolean privileged, Map<String, String> notes) {

	public ExecSpec {
		arguments = List.copyOf(arguments);
		environment = List.copyOf(environment);
		notes = Map.copyOf(notes);
		if (arguments.isEmpty()) {
			throw new InvalidSpecException("Cmd", "No exec command specified");
		}
		ProcessSpec.refuseNul("Cmd", arguments);
		ProcessSpec.refuseNul("Env", environment);
		ProcessSpec.refuseNul("User", List.of(user));
		ProcessSpec.refuseNul("WorkingDir", List.of(workingDirectory));
		if (!workingDirectory.startsWith("/")) {
			throw new InvalidSpecException("WorkingDir", "Cwd must be an absolute path");
		}
	}

}
