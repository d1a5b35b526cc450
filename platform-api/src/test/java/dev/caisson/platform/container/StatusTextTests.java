package dev.caisson.platform.container;

import java.time.Duration;
import java.time.Instant;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class StatusTextTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	@ParameterizedTest
	@CsvSource({ "PT0.5S,Less than a second", "PT1S,1 second", "PT59S,59 seconds", "PT60S,About a minute",
			"PT119S,About a minute", "PT2M,2 minutes", "PT59M59S,59 minutes", "PT1H,About an hour",
			"PT89M,About an hour", "PT91M,2 hours", "PT47H,47 hours", "PT48H,2 days", "P13D,13 days", "P14D,2 weeks",
			"P59D,8 weeks", "P60D,2 months", "P729D,24 months", "P730D,2 years" })
	void durationIsAsCoarseAsAPersonWouldSayIt(Duration duration, String words) {
		assertThat(StatusText.words(duration)).isEqualTo(words);
	}

	@Test
	void stateIsASentence() {
		assertThat(sentence(Phase.CREATED)).isEqualTo("Created");
		assertThat(sentence(Phase.RUNNING)).isEqualTo("Up 2 hours");
		assertThat(sentence(Phase.PAUSED)).isEqualTo("Up 2 hours (Paused)");
		assertThat(sentence(Phase.EXITED)).isEqualTo("Exited (3) 5 minutes ago");
		assertThat(sentence(Phase.REMOVING)).isEqualTo("Removal In Progress");
	}

	private static String sentence(Phase phase) {
		return StatusText.sentence(state(phase), NOW);
	}

	private static ContainerState state(Phase phase) {
		return new ContainerState(phase, 1, 3, false, "", NOW.minus(Duration.ofHours(2)),
				NOW.minus(Duration.ofMinutes(5)));
	}

}
