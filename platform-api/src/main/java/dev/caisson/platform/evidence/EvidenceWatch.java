package dev.caisson.platform.evidence;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import dev.caisson.platform.container.DeclaredContainers;
import dev.caisson.platform.container.DeclaredContainers.Declared;
import dev.caisson.platform.evidence.Observed.Cause;
import dev.caisson.platform.event.Event;
import dev.caisson.platform.event.EventLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Observes what starts, at once, and everything that runs, again and again: by one thread
 * that follows the events, so that no launch waits for it.
 */
@Component
final class EvidenceWatch implements SmartLifecycle {

	/** Drift is noticed within this time and that of one round. */
	private static final Duration ROUND = Duration.ofSeconds(10);

	private static final Logger log = LoggerFactory.getLogger(EvidenceWatch.class);

	private final Evidence evidence;

	private final DeclaredContainers containers;

	private final EventLog events;

	private volatile boolean running;

	private volatile Thread thread = Thread.ofPlatform().unstarted(() -> {
	});

	EvidenceWatch(Evidence evidence, DeclaredContainers containers, EventLog events) {
		this.evidence = evidence;
		this.containers = containers;
		this.events = events;
	}

	@Override
	public void start() {
		this.running = true;
		this.thread = Thread.ofPlatform().daemon().name("evidence").start(this::watch);
	}

	private void watch() {
		long place = this.events.last();
		round();
		Instant next = next();
		while (this.running) {
			if (this.events.await(place, next, () -> !this.running)) {
				for (Event event : this.events.after(place)) {
					handle(event);
					place = event.sequence();
				}
			}
			if (!now().isBefore(next)) {
				round();
				next = next();
			}
		}
	}

	private static Instant now() {
		return Clock.systemUTC().instant();
	}

	private static Instant next() {
		return now().plus(ROUND);
	}

	private void handle(Event event) {
		if (!event.type().equals("container")) {
			return;
		}
		String action = event.action();
		if (action.equals("start")) {
			observe(event.actorId(), Cause.START);
		}
		else if (action.startsWith("exec_start")) {
			observe(event.actorId(), Cause.EXEC);
		}
		else if (action.equals("update")) {
			observe(event.actorId(), Cause.UPDATE);
		}
		else if (action.equals("destroy")) {
			this.evidence.forget(event.actorId());
		}
	}

	private void round() {
		for (Declared container : this.containers.live()) {
			if (!this.running) {
				return;
			}
			observe(container, Cause.DRIFT);
		}
	}

	private void observe(String id, Cause cause) {
		this.containers.byId(id).ifPresent((container) -> observe(container, cause));
	}

	private void observe(Declared container, Cause cause) {
		try {
			this.evidence.observe(container, cause);
		}
		catch (RuntimeException ex) {
			log.warn("the isolation of container {} could not be observed: {}", container.id(), ex.getMessage());
		}
	}

	@Override
	public void stop() {
		this.running = false;
		this.events.wake();
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
