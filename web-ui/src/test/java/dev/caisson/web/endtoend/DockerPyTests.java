package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The service as Python's docker library uses it. */
@KernelTest(needs = Feature.DOCKER_PY, comparesEachTest = false)
@Timeout(300)
class DockerPyTests {

	@Test
	void sessionHoldsInEveryStep() throws Exception {
		try (Service service = Service.start()) {
			Path script = service.roots().directory("clients").resolve("session.py");
			try (var source = DockerPyTests.class.getResourceAsStream("/clients/session.py")) {
				Files.copy(source, script);
			}
			Result result = service.onHost("/usr/bin/python3", script.toString(), "unix://" + service.socket());
			assertThat(result.succeeded().output()).endsWith("session complete\n");
		}
	}

}
