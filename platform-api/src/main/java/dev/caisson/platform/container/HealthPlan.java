package dev.caisson.platform.container;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.caisson.platform.container.definition.ContainerConfig;
import dev.caisson.platform.container.definition.ContainerConfig.HealthConfig;
import org.jspecify.annotations.Nullable;

/**
 * How the health of a container is found out.
 *
 * @param command is executed in it and ends with 0 if it is well
 * @param interval between probes
 * @param timeout after which a probe has failed
 * @param startPeriod in which failures do not count, until a probe has succeeded
 * @param startInterval between probes in the start period, likewise
 * @param retries failures in a row that make it unhealthy
 */
record HealthPlan(List<String> command, Duration interval, Duration timeout, Duration startPeriod,
		Duration startInterval, int retries) {

	// Docker's own
	private static final Duration INTERVAL = Duration.ofSeconds(30), START_INTERVAL = Duration.ofSeconds(5);

	private static final int RETRIES = 3;

	private static final List<String> SHELL = List.of("/bin/sh", "-c");

	/** Empty if there is no check, or it was turned off. */
	static Optional<HealthPlan> of(ContainerConfig config) {
		HealthConfig health = config.healthcheck();
		List<String> command = (health != null) ? command(health.test(), config.shell()) : List.of();
		if (health == null || command.isEmpty()) {
			return Optional.empty();
		}
		return Optional
			.of(new HealthPlan(command, orDefault(health.interval(), INTERVAL), orDefault(health.timeout(), INTERVAL),
					Duration.ofNanos(health.startPeriod()), orDefault(health.startInterval(), START_INTERVAL),
					(health.retries() > 0) ? health.retries() : RETRIES));
	}

	/** {@code CMD} and arguments, {@code CMD-SHELL} and a line, or {@code NONE}. */
	private static List<String> command(List<String> test, @Nullable List<String> shell) {
		if (test.size() < 2) {
			return List.of();
		}
		List<String> words = test.subList(1, test.size());
		return switch (test.getFirst()) {
			case "CMD" -> words;
			case "CMD-SHELL" -> {
				List<String> line = new ArrayList<>((shell != null && !shell.isEmpty()) ? shell : SHELL);
				line.addAll(words);
				yield line;
			}
			default -> List.of();
		};
	}

	private static Duration orDefault(long nanos, Duration otherwise) {
		return (nanos > 0) ? Duration.ofNanos(nanos) : otherwise;
	}

}
