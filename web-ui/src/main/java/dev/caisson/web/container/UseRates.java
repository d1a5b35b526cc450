package dev.caisson.web.container;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.platform.container.DeclaredContainers;
import dev.caisson.platform.container.DeclaredContainers.Declared;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * What containers use. A rate needs two readings of the kernel's counters: they are kept,
 * so that all who look share them and ten open pages cost as much as one. Safe for use by
 * many threads.
 */
@Component
final class UseRates {

	/** A rate over less would be noise. */
	private static final long SHORTEST = TimeUnit.MILLISECONDS.toNanos(900);

	private final DeclaredContainers containers;

	private final ConcurrentMap<String, Reading> readings = new ConcurrentHashMap<>();

	UseRates(DeclaredContainers containers) {
		this.containers = containers;
	}

	/** All that run, by id. */
	Map<String, Use> all() {
		Map<String, Use> all = new HashMap<>();
		Set<String> live = this.containers.live().stream().map(Declared::id).collect(Collectors.toSet());
		this.readings.keySet().retainAll(live);
		for (Declared container : this.containers.live()) {
			all.put(container.id(), of(container));
		}
		return all;
	}

	Use of(Declared container) {
		Reading reading = this.readings.compute(container.id(), (_, before) -> next(container, before));
		return (reading != null) ? reading.use() : Use.NONE;
	}

	private static @Nullable Reading next(Declared container, @Nullable Reading before) {
		long now = System.nanoTime();
		if (before != null && now - before.time() < SHORTEST) {
			return before;
		}
		return container.container().stats().map((stats) -> Reading.of(stats, now, before)).orElse(null);
	}

	/**
	 * One reading.
	 *
	 * @param time {@link System#nanoTime()}
	 * @param cpu nanoseconds of processor time since the group was made
	 * @param use what comes of it and the one before
	 */
	private record Reading(long time, long cpu, Use use) {

		static Reading of(CgroupStats stats, long now, @Nullable Reading before) {
			long cpu = stats.cpu().usage();
			// a smaller one is of a new run
			double rate = (before != null && cpu >= before.cpu()) ? (cpu - before.cpu()) * 1e9 / (now - before.time())
					: -1;
			return new Reading(now, cpu, new Use(rate, stats.memory().workingSet(), stats.pids().current()));
		}

	}

}
