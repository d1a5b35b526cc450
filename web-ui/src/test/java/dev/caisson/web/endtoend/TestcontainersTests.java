package dev.caisson.web.endtoend;

import java.nio.file.Path;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The service as Testcontainers uses it. */
@KernelTest(comparesEachTest = false)
@Timeout(300)
class TestcontainersTests {

	@Test
	void genericContainersWorkAsWithDocker() throws Exception {
		try (Service service = Service.start()) {
			Result result = service.onHost("env", "TESTCONTAINERS_RYUK_DISABLED=true",
					"TESTCONTAINERS_CHECKS_DISABLE=true",
					Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
					Service.classPath(), TestcontainersProgram.class.getName());
			assertThat(result.succeeded().output()).endsWith(TestcontainersProgram.COMPLETE + "\n");
		}
	}

}
