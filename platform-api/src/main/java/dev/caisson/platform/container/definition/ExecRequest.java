package dev.caisson.platform.container.definition;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The body of a request for a further process: Docker's ExecConfig.
 *
 * @param attachStdin whether the client writes
 * @param attachStdout whether it reads standard output
 * @param attachStderr whether it reads standard error
 * @param tty whether there is a terminal
 * @param detachKeys that take the client off the terminal
 * @param env beyond the container's
 * @param cmd the program and its arguments
 * @param privileged whether it has all capabilities
 * @param user empty is the container's
 * @param workingDir empty is the container's
 */
@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
public record ExecRequest(boolean attachStdin, boolean attachStdout, boolean attachStderr, boolean tty,
		String detachKeys, List<String> env,
		@JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> cmd, boolean privileged,
		String user, String workingDir) {

	public ExecRequest {
		detachKeys = Absent.text(detachKeys);
		env = Absent.list(env);
		cmd = Absent.list(cmd);
		user = Absent.text(user);
		workingDir = Absent.text(workingDir);
	}

	/**
	 * Parses a body.
	 * @throws InvalidSpecException if it is no JSON object, a field has the wrong type,
	 * or there is no command
	 */
	public static ExecRequest parse(byte[] body) {
		ExecRequest request = DockerJson.read(object(body), "", ExecRequest.class);
		if (request.cmd().isEmpty()) {
			throw new InvalidSpecException("Cmd", "No exec command specified");
		}
		return request;
	}

	private static JsonNode object(byte[] body) {
		if (body.length == 0) {
			throw new InvalidSpecException("body", "invalid JSON: got EOF while reading request body");
		}
		JsonNode tree = DockerJson.tree(body);
		if (!tree.isObject()) {
			throw new InvalidSpecException("body", "invalid JSON: the body must be an object");
		}
		return tree;
	}

	/**
	 * The body of a request to start it: Docker's ExecStartConfig.
	 *
	 * @param detach whether nobody wants its streams
	 * @param consoleSize lines and columns of its terminal
	 */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record Start(boolean detach, @Nullable List<Integer> consoleSize) {

		/**
		 * Parses a body.
		 * @throws InvalidSpecException if it is no JSON object or a field has the wrong
		 * type
		 */
		public static Start parse(byte[] body) {
			Start start = DockerJson.read(object(body), "", Start.class);
			List<Integer> size = start.consoleSize();
			if (size != null && (size.size() != 2 || size.stream().anyMatch((each) -> each == null || each < 0))) {
				throw new InvalidSpecException("ConsoleSize",
						"invalid ConsoleSize: give two numbers, the lines and the columns");
			}
			return start;
		}

	}

}
