package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A project of three services, a volume, a network and a health check, by docker-compose.
 */
@KernelTest(needs = Feature.COMPOSE, comparesEachTest = false)
@Timeout(300)
class ComposeTests {

	@Test
	void projectComesUpScalesAnswersAndGoes() throws Exception {
		try (Service service = Service.start()) {
			Path project = service.roots().directory("project");
			try (var source = ComposeTests.class.getResourceAsStream("/clients/compose/docker-compose.yml")) {
				Files.copy(source, project.resolve("docker-compose.yml"));
			}
			compose(service, project, "up", "-d");
			assertThat(service.inspect("project_store_1", "{{.State.Health.Status}}")).isEqualTo("healthy");
			assertThat(service.inspect("project_front_1", "{{index .Config.Labels \"com.docker.compose.service\"}}"))
				.isEqualTo("front");
			compose(service, project, "up", "-d", "--scale", "worker=3");
			assertThat(compose(service, project, "ps", "-q", "worker").output().lines()).hasSize(3);
			assertThat(
					compose(service, project, "exec", "-T", "front", "wget", "-q", "-O", "-", "http://store/").output())
				.isEqualTo("kept\n");
			assertThat(compose(service, project, "logs", "--no-color", "worker").output()
				.lines()
				.filter((line) -> line.endsWith("| working"))).hasSize(3);
			// nothing has changed, so nothing is made anew
			String front = service.inspect("project_front_1", "{{.Id}}");
			compose(service, project, "up", "-d", "--scale", "worker=3");
			assertThat(service.inspect("project_front_1", "{{.Id}}")).isEqualTo(front);
			compose(service, project, "down", "-v", "-t", "1");
			assertThat(service.docker("ps", "-aq").output()).isEmpty();
			assertThat(service.docker("volume", "ls", "-q").output()).isEmpty();
			assertThat(service.docker("network", "ls", "--format", "{{.Name}}").output())
				.doesNotContain("project_back");
		}
	}

	private static Result compose(Service service, Path project, String... arguments) throws Exception {
		return service.compose(project, arguments).succeeded();
	}

}
