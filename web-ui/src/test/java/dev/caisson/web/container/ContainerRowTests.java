package dev.caisson.web.container;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.platform.container.ContainerOverview;
import dev.caisson.web.frame.Pages;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What each state looks like in a list, and the list as it is written. */
class ContainerRowTests {

	private static final long GIB = 1L << 30;

	@Test
	void runningContainerIsProvenAndShowsItsLimits() {
		ContainerRow row = row(container("web", state(Phase.RUNNING, 0, false, ""), 500_000_000, GIB, 100L, false));
		assertThat(row.state()).isEqualTo("running");
		assertThat(row.verdict()).isEqualTo("proven");
		assertThat(row.use().cpuLimit()).isEqualTo("0.5");
		assertThat(row.use().memoryLimit()).isEqualTo("1 GiB");
		assertThat(row.use().processLimit()).isEqualTo("100");
		assertThat(row.needsAttention()).isFalse();
	}

	@Test
	void absentLimitsAreSaidToBeNone() {
		ContainerRow row = row(plain("idle", ContainerState.CREATED));
		assertThat(List.of(row.use().cpuLimit(), row.use().memoryLimit(), row.use().processLimit()))
			.containsOnly("none");
		assertThat(row.verdict()).isEqualTo("none");
	}

	@Test
	void endsDifferByTheirCause() {
		assertThat(row(plain("done", state(Phase.EXITED, 0, false, ""))).verdict()).isEqualTo("none");
		assertThat(row(plain("failed", state(Phase.EXITED, 7, false, "")))).satisfies((row) -> {
			assertThat(row.state()).isEqualTo("exited 7");
			assertThat(row.verdict()).isEqualTo("drift");
		});
		assertThat(row(plain("greedy", state(Phase.EXITED, 137, true, "")))).satisfies((row) -> {
			assertThat(row.state()).isEqualTo("OOM killed");
			assertThat(row.verdict()).isEqualTo("breach");
			assertThat(row.needsAttention()).isTrue();
		});
		assertThat(row(plain("broken", state(Phase.CREATED, 127, false, "exec: not found")))).satisfies((row) -> {
			assertThat(row.state()).isEqualTo("failed to start");
			assertThat(row.remark()).isEqualTo("exec: not found");
		});
	}

	@Test
	void privilegedNeedsAttentionWhileItRuns() {
		assertThat(row(container("root", state(Phase.RUNNING, 0, false, ""), 0, 0, null, true))).satisfies((row) -> {
			assertThat(row.remark()).contains("privileged");
			assertThat(row.cause()).isEqualTo("privileged");
			assertThat(row.concern()).isEqualTo("drift");
		});
		assertThat(row(container("root", state(Phase.EXITED, 0, false, ""), 0, 0, null, true)).remark()).isEmpty();
	}

	@Test
	void pageEscapesWhatContainersAreCalled() {
		String page = page(List.of(plain("<script>alert(1)</script>", ContainerState.CREATED)), true);
		assertThat(page).contains("&lt;script&gt;").doesNotContain("<script>alert");
	}

	@Test
	void driftNeedsAttention() {
		ContainerOverview container = plain("web", state(Phase.RUNNING, 0, false, ""));
		IsolationCount drifted = new IsolationCount(25, 26, 1, "pids.max was declared 128, the kernel says 256", false);
		assertThat(ContainerRow.of(container, Use.NONE, drifted)).satisfies((row) -> {
			assertThat(row.cause()).isEqualTo("drifted");
			assertThat(row.remark()).contains("256");
			assertThat(row.isolation().verdict()).isEqualTo("drift");
		});
	}

	@Test
	void nothingIsGreenThatWasNotObserved() {
		assertThat(IsolationCount.NONE.verdict()).isEqualTo("none");
		assertThat(new IsolationCount(24, 26, 0, "", false).verdict()).isEqualTo("none");
		IsolationCount whole = new IsolationCount(26, 26, 0, "", false);
		assertThat(whole.verdict()).isEqualTo("proven");
		assertThat(whole.of(plain("gone", state(Phase.EXITED, 0, false, "")))).isEqualTo(IsolationCount.NONE);
		assertThat(whole.of(container("root", state(Phase.RUNNING, 0, false, ""), 0, 0, null, true)).verdict())
			.isEqualTo("breach");
	}

	@Test
	void buttonsAreForThoseWhoMayPressThem() {
		List<ContainerOverview> running = List.of(plain("web", state(Phase.RUNNING, 0, false, "")));
		assertThat(page(running, true)).contains("/stop", "/restart", "/remove").doesNotContain("/start\"");
		assertThat(page(running, false)).doesNotContain("/stop", "/restart", "/remove", "/start\"");
	}

	@Test
	void listIsChosenAndOrdered() {
		List<ContainerRow> rows = List.of(row(plain("web", state(Phase.RUNNING, 0, false, ""))),
				row(plain("api", state(Phase.RUNNING, 0, false, ""))),
				row(plain("old", state(Phase.EXITED, 0, false, ""))));
		assertThat(new ContainerChoice("", "running", "name").of(rows)).extracting(ContainerRow::name)
			.containsExactly("api", "web");
		assertThat(new ContainerChoice("OL", "", "").of(rows)).extracting(ContainerRow::name).containsExactly("old");
		assertThat(new ContainerChoice("a&b", "", "name").link()).isEqualTo("/ui/containers?q=a%26b&state=&sort=name");
	}

	@Test
	void emptyListHelpsOn() {
		assertThat(page(List.of(), true)).contains("docker run --rm caisson/hello");
	}

	private static ContainerRow row(ContainerOverview container) {
		return ContainerRow.of(container, Use.NONE, IsolationCount.NONE);
	}

	private static String page(List<ContainerOverview> containers, boolean operator) {
		List<ContainerRow> rows = containers.stream().map(ContainerRowTests::row).toList();
		return Pages.page("containers", operator,
				Map.of("choice", new ContainerChoice("", "", ""), "list", new ContainerList(rows, rows)));
	}

	private static ContainerState state(Phase phase, int exitCode, boolean oomKilled, String error) {
		return new ContainerState(phase, 0, exitCode, oomKilled, error, null, null);
	}

	private static ContainerOverview plain(String name, ContainerState state) {
		return container(name, state, 0, 0, null, false);
	}

	private static ContainerOverview container(String name, ContainerState state, long nanoCpus, long memory,
			@Nullable Long processes, boolean privileged) {
		return new ContainerOverview("0".repeat(64), name, "busybox", Instant.EPOCH, "", "", "", state, nanoCpus,
				memory, processes, privileged);
	}

}
