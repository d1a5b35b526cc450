package dev.caisson.engine.image;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * How an image's containers run unless told otherwise: the {@code config} part of an OCI
 * or Docker image configuration. Lists keep their order, labels too.
 *
 * @param entrypoint the program and its first arguments; null if not declared
 * @param cmd arguments, or the whole command where there is no entrypoint; null if not
 * declared
 * @param env {@code NAME=value}
 * @param user {@code user[:group]}, names or numbers, or empty
 * @param workingDir absolute, or empty
 * @param exposedPorts {@code 80/tcp}, sorted
 * @param volumes absolute paths, sorted
 * @param labels by name
 * @param stopSignal a name or a number, or empty
 * @param stopTimeout seconds, or null if not declared
 * @param healthcheck Docker's {@code Healthcheck} object as JSON text, or null if not
 * declared
 * @param shell for the shell form of commands; null if not declared
 * @param onBuild instructions for builds on top of it
 */
public record ImageConfig(@Nullable List<String> entrypoint, @Nullable List<String> cmd, List<String> env, String user,
		String workingDir, Set<String> exposedPorts, Set<String> volumes, Map<String, String> labels, String stopSignal,
		@Nullable Integer stopTimeout, @Nullable String healthcheck, @Nullable List<String> shell,
		List<String> onBuild) {

	public ImageConfig {
		entrypoint = (entrypoint != null) ? List.copyOf(entrypoint) : null;
		cmd = (cmd != null) ? List.copyOf(cmd) : null;
		env = List.copyOf(env);
		exposedPorts = Collections.unmodifiableSet(new TreeSet<>(exposedPorts));
		volumes = Collections.unmodifiableSet(new TreeSet<>(volumes));
		labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
		shell = (shell != null) ? List.copyOf(shell) : null;
		onBuild = List.copyOf(onBuild);
	}

}
