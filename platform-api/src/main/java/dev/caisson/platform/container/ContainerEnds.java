package dev.caisson.platform.container;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.engine.container.Containers;
import dev.caisson.platform.event.Event;
import dev.caisson.platform.event.EventLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * What follows the end of a run: it is told and written down, then the container is
 * started again or removed, as was asked. Safe for use by many threads.
 */
@Component
final class ContainerEnds {

	private static final Logger log = LoggerFactory.getLogger(ContainerEnds.class);

	private static final String RESTART_ON_UNHEALTHY = "caisson.restart-on-unhealthy";

	private final ContainerRegistry registry;

	private final ContainerJournal journal;

	private final ContainerEvents events;

	private final EventLog history;

	private final ContainerLifecycle lifecycle;

	private final HealthChecks health;

	private final Schedule schedule;

	private final Volumes volumes;

	ContainerEnds(ContainerRegistry registry, ContainerJournal journal, ContainerEvents events, EventLog history,
			ContainerLifecycle lifecycle, HealthChecks health, Schedule schedule, Volumes volumes,
			Containers containers) {
		this.registry = registry;
		this.journal = journal;
		this.events = events;
		this.history = history;
		this.lifecycle = lifecycle;
		this.health = health;
		this.schedule = schedule;
		this.volumes = volumes;
		containers.onExit(this::ended);
		health.onUnhealthy(this::unhealthy);
	}

	/** Called by the engine, before whoever waits for the exit is told. */
	private void ended(Container container) {
		this.registry.find(container.id()).ifPresent((entry) -> {
			ContainerState state = entry.state();
			this.health.end(entry);
			publishEnd(entry, state);
			this.volumes.unmount(entry);
			this.volumes.publish(entry, false);
			Duration pause = entry.restarts()
				.next(entry.definition().hostConfig().restartPolicy(), state.exitCode(), ran(state));
			this.journal.noteState(entry);
			if (pause != null) {
				container.exit().thenRun(() -> restartAfter(pause, entry));
			}
			else if (entry.definition().hostConfig().autoRemove()) {
				container.exit().thenRun(() -> this.lifecycle.removeInBackground(entry));
			}
		});
	}

	/** Beyond Docker, and only for those who ask for it. */
	private void unhealthy(ContainerEntry entry) {
		if ("true".equals(entry.definition().config().labels().get(RESTART_ON_UNHEALTHY))) {
			log.info("container {} is unhealthy and is started again", entry.name());
			this.lifecycle.replace(entry);
		}
	}

	private void publishEnd(ContainerEntry entry, ContainerState state) {
		if (state.oomKilled()) {
			this.events.publish(entry, "oom");
		}
		this.events.publish(entry, "die", Map.of("execDuration", Long.toString(ran(state).toSeconds()), "exitCode",
				Integer.toString(state.exitCode())));
	}

	private static Duration ran(ContainerState state) {
		Instant from = state.startedAt();
		Instant to = state.finishedAt();
		return (from != null && to != null) ? Duration.between(from, to) : Duration.ZERO;
	}

	private void restartAfter(Duration pause, ContainerEntry entry) {
		try {
			this.schedule.after(pause, "restart-" + entry.id().shortForm(), () -> this.lifecycle.startAgain(entry));
		}
		catch (RejectedExecutionException ex) {
			log.debug("{} is started again by the next service", entry.id());
		}
	}

	/**
	 * A new service has found the container in another state than was written down, or in
	 * none that it shall stay in.
	 * @param changed whether what happened to it meanwhile has to be told
	 */
	void takeUp(ContainerEntry entry, boolean changed) {
		ContainerState state = entry.state();
		if (changed) {
			tellWhatHappened(entry, state);
		}
		Duration pause = pauseAfterService(entry, state);
		if (changed || pause != null) {
			this.journal.noteState(entry);
		}
		if (pause != null) {
			restartAfter(pause, entry);
		}
		else if (entry.definition().hostConfig().autoRemove() && state.phase() == Phase.EXITED) {
			this.lifecycle.removeInBackground(entry);
		}
	}

	private @Nullable Duration pauseAfterService(ContainerEntry entry, ContainerState state) {
		return (state.phase() == Phase.EXITED)
				? entry.restarts().nextAfterService(entry.definition().hostConfig().restartPolicy(), state.exitCode())
				: null;
	}

	/** The earlier service may have told of it, and not written it down any more. */
	private void tellWhatHappened(ContainerEntry entry, ContainerState state) {
		Instant started = state.startedAt();
		if (started == null) {
			return;
		}
		String told = this.history.latest(entry.id().value(), Set.of("start", "die"))
			.filter((event) -> !event.time().isBefore(started))
			.map(Event::action)
			.orElse("");
		if (told.isEmpty()) {
			this.events.publish(entry, "start");
		}
		if (!state.phase().isLive() && !told.equals("die")) {
			publishEnd(entry, state);
		}
	}

}
