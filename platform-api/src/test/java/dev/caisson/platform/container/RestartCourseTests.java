package dev.caisson.platform.container;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.platform.container.definition.HostConfig.RestartPolicy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RestartCourseTests {

	private static final RestartPolicy ALWAYS = new RestartPolicy("always", 0);

	private static final RestartPolicy UNLESS_STOPPED = new RestartPolicy("unless-stopped", 0);

	private static final RestartPolicy TWICE = new RestartPolicy("on-failure", 2);

	private final RestartCourse course = new RestartCourse();

	@Test
	void pauseDoublesUpToAMinuteAndBeginsAnewAfterALongRun() {
		List<Long> pauses = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			pauses.add(next(ALWAYS, 0).toMillis());
		}
		assertThat(pauses).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 25_600L, 51_200L,
				60_000L, 60_000L);
		assertThat(this.course.next(ALWAYS, 0, RestartCourse.LONG_RUN)).isEqualTo(RestartCourse.FIRST_PAUSE);
		assertThat(this.course.count()).isEqualTo(13);
	}

	@Test
	void failuresAreRetriedSoOften() {
		assertThat(next(TWICE, 0)).isNull();
		assertThat(next(TWICE, 1)).isNotNull();
		assertThat(next(TWICE, 1)).isNotNull();
		assertThat(next(TWICE, 1)).isNull();
		this.course.begin();
		assertThat(this.course.count()).isZero();
		assertThat(next(TWICE, 1)).isNotNull();
		assertThat(next(new RestartPolicy("on-failure", 0), 1)).isNotNull();
	}

	@Test
	void whatAClientStoppedStaysStopped() {
		this.course.noteSignal(true);
		assertThat(next(ALWAYS, 137)).isNull();
		this.course.begin();
		assertThat(next(ALWAYS, 0)).isNotNull();
		this.course.noteSignal(false);
		assertThat(next(ALWAYS, 0)).as("a signal that need not end it").isNotNull();
		assertThat(next(UNLESS_STOPPED, 0)).isNull();
		assertThat(next(new RestartPolicy("no", 0), 1)).isNull();
	}

	@Test
	void newServiceStartsWhatItsPolicySays() {
		this.course.restore(1, true);
		assertThat(this.course.nextAfterService(UNLESS_STOPPED, 0)).isNull();
		assertThat(this.course.nextAfterService(TWICE, 1)).isNull();
		assertThat(this.course.nextAfterService(ALWAYS, 0)).isNotNull();
		this.course.restore(1, false);
		assertThat(this.course.nextAfterService(UNLESS_STOPPED, 0)).isNotNull();
		assertThat(this.course.nextAfterService(TWICE, 1)).as("the second of two").isNull();
	}

	private Duration next(RestartPolicy policy, int exitCode) {
		return this.course.next(policy, exitCode, Duration.ofSeconds(1));
	}

}
