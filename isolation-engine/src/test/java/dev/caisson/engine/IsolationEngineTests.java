package dev.caisson.engine;

import java.nio.file.Path;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KernelTest
class IsolationEngineTests {

	@TempDir
	private Path directory;

	@Test
	void rootsBelongToOneEngineUntilItIsClosed() {
		EngineSettings settings = settings("data", "run");
		IsolationEngine engine = IsolationEngine.open(settings);
		try (engine) {
			assertThat(engine.images().list()).isNotEmpty();
			assertThat(engine.containers().all()).isEmpty();
			assertThatExceptionOfType(RootRefusedException.class).isThrownBy(() -> IsolationEngine.open(settings));
			assertThatExceptionOfType(RootRefusedException.class)
				.isThrownBy(() -> IsolationEngine.open(settings("other", "run")))
				.satisfies((ex) -> assertThat(ex.root()).isEqualTo(settings.runRoot()));
		}
		// also of the other one's data root nothing was kept
		IsolationEngine.open(settings("other", "run")).close();
		IsolationEngine.open(settings).close();
	}

	@Test
	void rootsAreTwoDirectories() {
		assertThatExceptionOfType(RootRefusedException.class).isThrownBy(() -> settings("one", "./one"));
	}

	private EngineSettings settings(String data, String run) {
		return new EngineSettings(this.directory.resolve(data), this.directory.resolve(run), "caisson-test-engine");
	}

}
