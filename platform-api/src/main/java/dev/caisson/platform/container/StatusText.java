package dev.caisson.platform.container;

import java.time.Duration;
import java.time.Instant;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import org.jspecify.annotations.Nullable;

/** A container's state in words: {@code Up 5 minutes}, {@code Exited (0) 2 hours ago}. */
final class StatusText {

	private StatusText() {
	}

	/** One of the words of the API. */
	static String word(ContainerEntry entry) {
		if (entry.isRemoving()) {
			return "removing";
		}
		return entry.restarts().isWaiting() ? "restarting" : word(entry.state().phase());
	}

	static String word(Phase phase) {
		return switch (phase) {
			case CREATED -> "created";
			case RUNNING -> "running";
			case PAUSED -> "paused";
			case EXITED -> "exited";
			case REMOVING -> "removing";
		};
	}

	static String sentence(ContainerEntry entry, Instant now) {
		if (entry.isRemoving()) {
			return "Removal In Progress";
		}
		ContainerState state = entry.state();
		if (entry.restarts().isWaiting()) {
			return "Restarting (" + state.exitCode() + ") " + since(state.finishedAt(), now) + " ago";
		}
		String sentence = sentence(state, now);
		Health health = entry.health();
		return (health != null && state.phase() == Phase.RUNNING) ? sentence + " (" + word(health.status()) + ")"
				: sentence;
	}

	private static String word(Health.Status status) {
		return (status == Health.Status.STARTING) ? "health: starting" : status.word();
	}

	static String sentence(ContainerState state, Instant now) {
		return switch (state.phase()) {
			case CREATED -> "Created";
			case RUNNING -> "Up " + since(state.startedAt(), now);
			case PAUSED -> "Up " + since(state.startedAt(), now) + " (Paused)";
			case EXITED -> "Exited (" + state.exitCode() + ") " + since(state.finishedAt(), now) + " ago";
			case REMOVING -> "Removal In Progress";
		};
	}

	private static String since(@Nullable Instant begin, Instant now) {
		return words((begin != null) ? Duration.between(begin, now) : Duration.ZERO);
	}

	/** As coarse as a person would say it. */
	static String words(Duration duration) {
		long seconds = duration.toSeconds();
		long minutes = duration.toMinutes();
		long hours = Math.round(duration.toMillis() / 3_600_000.0);
		if (seconds < 1) {
			return "Less than a second";
		}
		if (seconds < 60) {
			return (seconds == 1) ? "1 second" : seconds + " seconds";
		}
		if (minutes < 60) {
			return (minutes == 1) ? "About a minute" : minutes + " minutes";
		}
		if (hours <= 1) {
			return "About an hour";
		}
		if (hours < 48) {
			return hours + " hours";
		}
		if (hours < 24 * 7 * 2) {
			return hours / 24 + " days";
		}
		if (hours < 24 * 30 * 2) {
			return hours / 24 / 7 + " weeks";
		}
		return (hours < 24 * 365 * 2) ? hours / 24 / 30 + " months" : hours / 24 / 365 + " years";
	}

}
