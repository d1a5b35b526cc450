package dev.caisson.engine.container;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class StateFileTests {

	private static final Instant START = Instant.parse("2026-01-02T03:04:05.123456789Z");

	@TempDir
	Path directory;

	@Test
	void readAnswersWhatWasWrittenLast() {
		StateFile file = new StateFile(this.directory.resolve("state.json"));
		assertThat(file.read()).isEmpty();
		ContainerState failed = new ContainerState(ContainerState.Phase.CREATED, 0, 127, false, "no \"x\" €".repeat(60),
				null, null);
		ContainerState running = new ContainerState(ContainerState.Phase.RUNNING, 42, 0, false, "", START, null);
		ContainerState exited = new ContainerState(ContainerState.Phase.EXITED, 0, 137, true, "", START,
				START.plusSeconds(5));
		for (ContainerState state : new ContainerState[] { ContainerState.CREATED, failed, running, exited, failed }) {
			file.write(state);
			assertThat(file.read()).contains(state);
		}
	}

	@Test
	void errorsOfAnyLengthStayWithinAPage() throws Exception {
		Path path = this.directory.resolve("state.json");
		StateFile file = new StateFile(path);
		file.write(new ContainerState(ContainerState.Phase.CREATED, 0, 128, false, "\0".repeat(5000), null, null));
		assertThat(file.read().orElseThrow().error()).hasSize(601).endsWith("…");
		assertThat(Files.size(path)).isLessThanOrEqualTo(4096);
	}

	@Test
	void damagedFileIsNoState() throws Exception {
		Path path = this.directory.resolve("state.json");
		for (String damage : new String[] { "", "{", "\0".repeat(512), "{\"phase\":\"NONE\"}", "[]" }) {
			Files.writeString(path, damage);
			assertThat(new StateFile(path).read()).as(damage).isEmpty();
		}
	}

}
