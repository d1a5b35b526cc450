package dev.caisson.platform.container;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.caisson.platform.container.Health.Probe;
import dev.caisson.platform.container.Health.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HealthTests {

	private static final Instant STARTED = Instant.parse("2026-03-04T05:06:07Z");

	private static final HealthPlan PLAN = new HealthPlan(List.of("true"), Duration.ofSeconds(30),
			Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(2), 2);

	@Test
	void failuresInTheStartPeriodDoNotCount() {
		Health health = Health.STARTING.after(probe(5, 1), PLAN, STARTED).after(probe(9, 1), PLAN, STARTED);
		assertThat(health.status()).isEqualTo(Status.STARTING);
		assertThat(health.failingStreak()).isZero();
		health = health.after(probe(11, 1), PLAN, STARTED).after(probe(12, -1), PLAN, STARTED);
		assertThat(health.status()).isEqualTo(Status.UNHEALTHY);
		assertThat(health.failingStreak()).isEqualTo(2);
	}

	@Test
	void successEndsTheStartPeriodAndTheStreak() {
		Health health = Health.STARTING.after(probe(1, 0), PLAN, STARTED);
		assertThat(health.status()).isEqualTo(Status.HEALTHY);
		health = health.after(probe(2, 1), PLAN, STARTED);
		assertThat(health.status()).as("one failure of two").isEqualTo(Status.HEALTHY);
		assertThat(health.failingStreak()).isEqualTo(1);
		assertThat(health.after(probe(3, 0), PLAN, STARTED).failingStreak()).isZero();
		assertThat(health.after(probe(3, 1), PLAN, STARTED).status()).isEqualTo(Status.UNHEALTHY);
	}

	@Test
	void lastFiveProbesAreKept() {
		Health health = Health.STARTING;
		for (int i = 0; i < 8; i++) {
			health = health.after(probe(i, 0), PLAN, STARTED);
		}
		assertThat(health.log()).hasSize(5).first().isEqualTo(probe(3, 0));
	}

	@Test
	void probesComeMoreOftenWhileItStarts() {
		assertThat(Health.STARTING.pause(PLAN, Duration.ofSeconds(9))).isEqualTo(Duration.ofSeconds(2));
		assertThat(Health.STARTING.pause(PLAN, Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(30));
		Health healthy = Health.STARTING.after(probe(1, 0), PLAN, STARTED);
		assertThat(healthy.pause(PLAN, Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(30));
	}

	private static Probe probe(int second, int exitCode) {
		Instant start = STARTED.plusSeconds(second);
		return new Probe(start, start, exitCode, "");
	}

}
