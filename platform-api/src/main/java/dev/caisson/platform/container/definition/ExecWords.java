package dev.caisson.platform.container.definition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.ExecSpec;

/**
 * A further process: what the request leaves open is the container's. What only the API
 * knows goes into the notes.
 */
public final class ExecWords {

	/** The names of the notes. */
	public static final String STDOUT = "stdout", STDERR = "stderr", DETACH_KEYS = "detachKeys";

	private static final String HOSTNAME = "HOSTNAME=";

	private ExecWords() {
	}

	/**
	 * Makes the spec.
	 * @param container what the container was started with
	 */
	public static ExecSpec translate(ExecRequest request, ContainerConfig config, ContainerSpec container) {
		List<String> declared = new ArrayList<>(config.env());
		declared.addAll(request.env());
		Map<String, String> notes = new HashMap<>();
		notes.put(STDOUT, Boolean.toString(request.attachStdout()));
		notes.put(STDERR, Boolean.toString(request.attachStderr()));
		notes.put(DETACH_KEYS, request.detachKeys());
		String user = request.user().isEmpty() ? container.process().user() : request.user();
		String directory = request.workingDir().isEmpty() ? container.process().workingDirectory()
				: request.workingDir();
		return new ExecSpec(request.cmd(), Environment.of(hostname(container), request.tty(), declared), directory,
				user, request.tty(), request.attachStdin(), request.privileged(), notes);
	}

	/** As its own processes were told. */
	private static String hostname(ContainerSpec container) {
		return container.process()
			.environment()
			.stream()
			.filter((variable) -> variable.startsWith(HOSTNAME))
			.findFirst()
			.map((variable) -> variable.substring(HOSTNAME.length()))
			.orElse(container.identity().hostname());
	}

}
