package dev.caisson.platform.container;

import java.io.IOException;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.UnixHttp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(60)
class RestartApiTests {

	private static ContainerService service;

	@BeforeAll
	static void start() throws IOException {
		service = ContainerService.start();
	}

	@AfterAll
	static void stop() throws IOException {
		service.close();
	}

	@AfterEach
	void removeContainers() throws IOException {
		service.removeAll();
	}

	@Test
	void failureIsRetriedAndThenGivenUp() throws Exception {
		String id = create("failing", "echo run; exit 3", "on-failure\",\"MaximumRetryCount\":2,\"x\":\"");
		service.start(id);
		JsonNode inspected = service.await(id,
				(container) -> container.path("State").path("Status").asString().equals("exited")
						&& container.path("RestartCount").asInt() == 2);
		assertThat(inspected.path("State").path("ExitCode").asInt()).isEqualTo(3);
		assertThat(service.get("/containers/failing/logs?stdout=1").body().split("run")).hasSize(4);
	}

	@Test
	void restartingContainerCountsAsRunningUntilItIsStopped() throws Exception {
		String id = create("often", "exit 1", "always");
		service.start(id);
		JsonNode inspected = service.await(id, (container) -> container.path("State").path("Restarting").asBoolean()
				&& container.path("RestartCount").asInt() >= 5);
		DockerSchema.assertValid("ContainerInspectResponse", inspected.toString());
		assertThat(inspected.path("State").path("Status").asString()).isEqualTo("restarting");
		assertThat(inspected.path("State").path("Running").asBoolean()).isTrue();
		JsonNode summary = service.json("/containers/json").path(0);
		assertThat(summary.path("State").asString()).isEqualTo("restarting");
		assertThat(summary.path("Status").asString()).startsWith("Restarting (1) ");
		assertThat(service.post("/containers/often/start").status()).isEqualTo(304);
		Answer removal = service.delete("/containers/often");
		assertThat(removal.status()).isEqualTo(409);
		assertThat(removal.body()).contains("container is restarting: stop the container before removing");
		assertThat(service.post("/containers/often/stop").status()).isEqualTo(204);
		int count = service.inspect(id).path("RestartCount").asInt();
		Thread.sleep(2000);
		JsonNode stopped = service.inspect(id);
		assertThat(stopped.path("State").path("Status").asString()).isEqualTo("exited");
		assertThat(stopped.path("RestartCount").asInt()).isEqualTo(count);
	}

	@Test
	void killedByAClientItStaysDownAndAStartBeginsAnew() throws Exception {
		String id = create("lasting", "sleep 1000", "always");
		service.start(id);
		assertThat(service.post("/containers/lasting/kill").status()).isEqualTo(204);
		Thread.sleep(500);
		assertThat(service.inspect(id).path("State").path("Status").asString()).isEqualTo("exited");
		service.start(id);
		int pid = service.inspect(id).path("State").path("Pid").asInt();
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
		JsonNode inspected = service.await(id, (container) -> container.path("RestartCount").asInt() == 1
				&& container.path("State").path("Pid").asInt() > 0);
		assertThat(inspected.path("State").path("Pid").asInt()).isNotEqualTo(pid);
		assertThat(service.delete("/containers/lasting?force=1").status()).isEqualTo(204);
	}

	private static String create(String name, String script, String policy) throws IOException {
		return service.create(name, LifecycleApiTests.command(script)
				+ ",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"" + policy + "\"}}");
	}

}
