package dev.caisson.platform.container;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.persistence.health.HealthRecord;
import dev.caisson.persistence.health.HealthRecords;
import dev.caisson.platform.container.Health.Probe;
import dev.caisson.platform.container.Health.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Probes the health of containers that run and have a check. One probe of a container at
 * a time; what it finds is written down before it is told. Safe for use by many threads.
 */
@Component
final class HealthChecks {

	private static final Logger log = LoggerFactory.getLogger(HealthChecks.class);

	private static final JsonMapper JSON = new JsonMapper();

	private static final TypeReference<List<Probe>> PROBES = new TypeReference<>() {
	};

	private final ContainerExecs execs;

	private final ContainerEvents events;

	private final HealthRecords records;

	private final Schedule schedule;

	private final List<Consumer<ContainerEntry>> listeners = new CopyOnWriteArrayList<>();

	HealthChecks(ContainerExecs execs, ContainerEvents events, HealthRecords records, Schedule schedule) {
		this.execs = execs;
		this.events = events;
		this.records = records;
		this.schedule = schedule;
	}

	/** Tells, on a thread that may block, of containers that have become unhealthy. */
	void onUnhealthy(Consumer<ContainerEntry> listener) {
		this.listeners.add(listener);
	}

	/** A run has begun. */
	void begin(ContainerEntry entry) {
		HealthPlan.of(entry.definition().config()).ifPresent((plan) -> {
			note(entry, Health.STARTING);
			scheduleNext(entry, plan, started(entry), Health.STARTING.pause(plan, Duration.ZERO));
		});
	}

	/** A run is over. */
	void end(ContainerEntry entry) {
		Health health = entry.health();
		if (health != null) {
			note(entry, health.ended());
		}
	}

	/** What an earlier service has found out, by container. */
	Map<String, HealthRecord> earlier() {
		return this.records.all().stream().collect(Collectors.toMap(HealthRecord::container, Function.identity()));
	}

	/**
	 * Goes on where an earlier service was, the next probe at the time it would have
	 * been.
	 */
	void resume(ContainerEntry entry, Health known) {
		entry.setHealth(known);
		if (!entry.isLive()) {
			end(entry);
			return;
		}
		HealthPlan.of(entry.definition().config()).ifPresent((plan) -> {
			Instant now = Clock.systemUTC().instant();
			Instant started = started(entry);
			Instant last = known.log().isEmpty() ? started : known.log().getLast().end();
			Duration pause = known.pause(plan, Duration.between(started, now)).minus(Duration.between(last, now));
			scheduleNext(entry, plan, started, pause.isNegative() ? Duration.ZERO : pause);
		});
	}

	static Health of(HealthRecord record) {
		try {
			return new Health(Status.of(record.status()), record.failingStreak(), JSON.readValue(record.log(), PROBES));
		}
		catch (JacksonException | IllegalArgumentException ex) {
			log.warn("what is written of the health of {} is damaged", record.container());
			return Health.STARTING;
		}
	}

	void forget(ContainerEntry entry) {
		if (entry.health() != null) {
			this.records.remove(entry.id().value());
		}
	}

	private static Instant started(ContainerEntry entry) {
		return Objects.requireNonNull(entry.state().startedAt());
	}

	private void scheduleNext(ContainerEntry entry, HealthPlan plan, Instant started, Duration pause) {
		try {
			this.schedule.after(pause, "health-" + entry.id().shortForm(), () -> probe(entry, plan, started));
		}
		catch (RejectedExecutionException ex) {
			log.debug("the health of {} is for the next service to check", entry.id());
		}
	}

	/** A paused container cannot answer: it is asked later. */
	private void probe(ContainerEntry entry, HealthPlan plan, Instant started) {
		if (!isOfRun(entry, started)) {
			return;
		}
		Health health = entry.health();
		if (health == null || entry.state().phase() == Phase.PAUSED) {
			scheduleNext(entry, plan, started, plan.interval());
			return;
		}
		Probe probe = HealthProbe.run(this.execs, entry, plan);
		if (isOfRun(entry, started)) {
			Health after = health.after(probe, plan, started);
			if (note(entry, after, started)) {
				tell(entry, health.status(), after.status());
			}
			Duration ran = Duration.between(started, Clock.systemUTC().instant());
			scheduleNext(entry, plan, started, after.pause(plan, ran));
		}
	}

	/** Whether the run that a probe was meant for is still the present one. */
	private static boolean isOfRun(ContainerEntry entry, Instant started) {
		ContainerState state = entry.state();
		return state.phase().isLive() && started.equals(state.startedAt()) && !entry.isRemoving();
	}

	private void tell(ContainerEntry entry, Status before, Status after) {
		if (after != before) {
			this.events.publish(entry, "health_status: " + after.word());
			if (after == Status.UNHEALTHY) {
				this.listeners.forEach((listener) -> listener.accept(entry));
			}
		}
	}

	/** The end of the run has the last word. */
	private boolean note(ContainerEntry entry, Health health, Instant started) {
		synchronized (entry) {
			boolean present = isOfRun(entry, started);
			if (present) {
				note(entry, health);
			}
			return present;
		}
	}

	private void note(ContainerEntry entry, Health health) {
		synchronized (entry) {
			entry.setHealth(health);
			this.records.note(new HealthRecord(entry.id().value(), health.status().word(), health.failingStreak(),
					JSON.writeValueAsString(health.log())));
		}
	}

}
