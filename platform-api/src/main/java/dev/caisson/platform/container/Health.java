package dev.caisson.platform.container;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What is known of a container's health at one moment.
 *
 * @param status what the last probes say
 * @param failingStreak probes that failed in a row
 * @param log the last probes, the oldest first
 */
record Health(Status status, int failingStreak, List<Probe> log) {

	/** Of a container that has just been started. */
	static final Health STARTING = new Health(Status.STARTING, 0, List.of());

	private static final int KEPT = 5;

	Health {
		log = List.copyOf(log);
	}

	/** What a probe makes of it. */
	Health after(Probe probe, HealthPlan plan, Instant started) {
		List<Probe> probes = new ArrayList<>(this.log);
		probes.add(probe);
		List<Probe> last = probes.subList(Math.max(0, probes.size() - KEPT), probes.size());
		if (probe.exitCode() == 0) {
			return new Health(Status.HEALTHY, 0, last);
		}
		if (isStarting(plan, Duration.between(started, probe.start()))) {
			return new Health(this.status, this.failingStreak, last);
		}
		int streak = this.failingStreak + 1;
		return new Health((streak >= plan.retries()) ? Status.UNHEALTHY : this.status, streak, last);
	}

	/** Docker shows who is not probed any more so. */
	Health ended() {
		return new Health(Status.UNHEALTHY, this.failingStreak, this.log);
	}

	/** When the next probe is due after the last one. */
	Duration pause(HealthPlan plan, Duration ran) {
		return isStarting(plan, ran) ? plan.startInterval() : plan.interval();
	}

	private boolean isStarting(HealthPlan plan, Duration ran) {
		return this.status == Status.STARTING && ran.compareTo(plan.startPeriod()) < 0;
	}

	/** Docker's words for it. */
	enum Status {

		STARTING, HEALTHY, UNHEALTHY;

		String word() {
			return name().toLowerCase(Locale.ROOT);
		}

		static Status of(String word) {
			return valueOf(word.toUpperCase(Locale.ROOT));
		}

	}

	/**
	 * A probe; Docker's HealthcheckResult.
	 *
	 * @param start when it began
	 * @param end when it was over
	 * @param exitCode 0 is well; -1 if it did not end by itself
	 * @param output the beginning of what it wrote
	 */
	record Probe(@JsonProperty("Start") Instant start, @JsonProperty("End") Instant end,
			@JsonProperty("ExitCode") int exitCode, @JsonProperty("Output") String output) {
	}

}
