package dev.caisson.web;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.engine.container.ContainerState.Phase;
import dev.caisson.platform.container.ContainerOverview;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

import static org.assertj.core.api.Assertions.assertThat;

/** The first page as it is written, and what each state looks like on it. */
class OverviewTests {

	private static final long GIB = 1L << 30;

	@Test
	void runningContainerIsProvenAndShowsItsLimits() {
		ContainerRow row = ContainerRow
			.of(container("web", state(Phase.RUNNING, 0, false, ""), 500_000_000, GIB, 100L, false));
		assertThat(row.state()).isEqualTo("running");
		assertThat(row.verdict()).isEqualTo("proven");
		assertThat(row.cpus()).isEqualTo("0.5");
		assertThat(row.memory()).isEqualTo("1 GiB");
		assertThat(row.processes()).isEqualTo("100");
		assertThat(row.needsAttention()).isFalse();
	}

	@Test
	void absentLimitsAreSaidToBeNone() {
		ContainerRow row = ContainerRow.of(plain("idle", ContainerState.CREATED));
		assertThat(List.of(row.cpus(), row.memory(), row.processes())).containsOnly("none");
		assertThat(row.verdict()).isEqualTo("none");
	}

	@Test
	void endsDifferByTheirCause() {
		assertThat(ContainerRow.of(plain("done", state(Phase.EXITED, 0, false, ""))).verdict()).isEqualTo("none");
		assertThat(ContainerRow.of(plain("failed", state(Phase.EXITED, 7, false, "")))).satisfies((row) -> {
			assertThat(row.state()).isEqualTo("exited 7");
			assertThat(row.verdict()).isEqualTo("drift");
		});
		assertThat(ContainerRow.of(plain("greedy", state(Phase.EXITED, 137, true, "")))).satisfies((row) -> {
			assertThat(row.state()).isEqualTo("OOM killed");
			assertThat(row.verdict()).isEqualTo("breach");
			assertThat(row.needsAttention()).isTrue();
		});
		assertThat(ContainerRow.of(plain("broken", state(Phase.CREATED, 127, false, "exec: not found"))))
			.satisfies((row) -> {
				assertThat(row.state()).isEqualTo("failed to start");
				assertThat(row.remark()).isEqualTo("exec: not found");
			});
	}

	@Test
	void privilegedNeedsAttentionWhileItRuns() {
		assertThat(ContainerRow.of(container("root", state(Phase.RUNNING, 0, false, ""), 0, 0, null, true)))
			.satisfies((row) -> {
				assertThat(row.remark()).contains("privileged");
				assertThat(row.cause()).isEqualTo("privileged");
				assertThat(row.concern()).isEqualTo("drift");
			});
		assertThat(ContainerRow.of(container("root", state(Phase.EXITED, 0, false, ""), 0, 0, null, true)).remark())
			.isEmpty();
	}

	@Test
	void bytesAreShownInTheLargestFittingUnit() {
		assertThat(Stream.of(0L, 512L, 6L << 20, 1_500_000_000L, 3L << 40).map(ContainerRow::bytes))
			.containsExactly("none", "512 B", "6 MiB", "1.4 GiB", "3 TiB");
	}

	@Test
	void pageEscapesWhatContainersAreCalled() {
		String page = page(view(List.of(plain("<script>alert(1)</script>", ContainerState.CREATED))));
		assertThat(page).contains("&lt;script&gt;").doesNotContain("<script");
	}

	@Test
	void pageListsContainersAndWhatNeedsAttention() {
		String page = page(view(List.of(plain("web", state(Phase.RUNNING, 0, false, "")),
				plain("greedy", state(Phase.EXITED, 137, true, "")))));
		assertThat(page).contains("1 of 2 containers run", "Needs attention", "the kernel killed it for memory",
				"aria-current=\"page\"");
	}

	@Test
	void emptyPageHelpsOn() {
		String page = page(view(List.of()));
		assertThat(page).contains("docker -H unix:///run/c.sock run --rm caisson/hello")
			.doesNotContain("Needs attention");
	}

	@Test
	void templatesHaveNothingThatThePolicyForbids() throws IOException {
		Path templates = Path.of("src/main/resources/templates");
		try (Stream<Path> files = Files.list(templates)) {
			for (Path file : files.toList()) {
				assertThat(Files.readString(file)).doesNotContain("<script", "<style", " style=", "onclick",
						"http://l");
			}
		}
	}

	private static Overview view(List<ContainerOverview> containers) {
		long running = containers.stream().filter((each) -> each.state().phase().isLive()).count();
		return new Overview(running, containers.stream().map(ContainerRow::of).toList(), true, "host", "6.18",
				"/run/c.sock", "12:00:00 UTC");
	}

	private static String page(Overview view) {
		ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver();
		resolver.setPrefix("templates/");
		resolver.setSuffix(".html");
		SpringTemplateEngine engine = new SpringTemplateEngine();
		engine.setTemplateResolver(resolver);
		Context context = new Context();
		context.setVariable("view", view);
		context.setVariable("version", "0");
		return engine.process("overview", context);
	}

	private static ContainerState state(Phase phase, int exitCode, boolean oomKilled, String error) {
		return new ContainerState(phase, 0, exitCode, oomKilled, error, null, null);
	}

	private static ContainerOverview plain(String name, ContainerState state) {
		return container(name, state, 0, 0, null, false);
	}

	private static ContainerOverview container(String name, ContainerState state, long nanoCpus, long memory,
			@Nullable Long processes, boolean privileged) {
		return new ContainerOverview("0".repeat(64), name, "busybox", state, nanoCpus, memory, processes, privileged);
	}

}
