package dev.caisson.platform.container;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.testing.DockerSchema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(90)
class HealthApiTests {

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
	void healthFollowsWhatTheCheckSays() throws Exception {
		Instant begin = Instant.now();
		String id = create("checked", "touch /well; sleep 1000",
				"\"Test\":[\"CMD-SHELL\",\"echo looking; test -e /well\"],\"Retries\":2", "");
		service.start(id);
		assertThat(service.inspect(id).path("State").path("Health").path("Status").asString()).isEqualTo("starting");
		JsonNode healthy = await(id, "healthy");
		DockerSchema.assertValid("ContainerInspectResponse", healthy.toString());
		JsonNode probe = healthy.path("State").path("Health").path("Log").path(0);
		assertThat(probe.path("ExitCode").asInt()).isZero();
		assertThat(probe.path("Output").asString()).isEqualTo("looking\n");
		assertThat(service.json("/containers/json").path(0).path("Status").asString()).endsWith(" (healthy)");
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"health\":[\"healthy\"]}")))
			.hasSize(1);
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"health\":[\"none\"]}"))).isEmpty();
		exec(id, "rm", "/well");
		JsonNode unhealthy = await(id, "unhealthy");
		assertThat(unhealthy.path("State").path("Health").path("FailingStreak").asInt()).isGreaterThanOrEqualTo(2);
		assertThat(service.json("/containers/json").path(0).path("Status").asString()).endsWith(" (unhealthy)");
		assertThat(healthEvents(begin, id)).startsWith("health_status: healthy", "health_status: unhealthy");
	}

	@Test
	void checkThatDoesNotEndHasFailed() throws Exception {
		String id = create("hanging", "sleep 1000",
				"\"Test\":[\"CMD\",\"sleep\",\"1000\"],\"Timeout\":200000000,\"Retries\":1", "");
		service.start(id);
		JsonNode probe = await(id, "unhealthy").path("State").path("Health").path("Log").path(0);
		assertThat(probe.path("ExitCode").asInt()).isEqualTo(-1);
		assertThat(probe.path("Output").asString()).startsWith("Health check exceeded timeout (200ms)");
	}

	@Test
	void containerWithTheLabelIsStartedAgainWhenItIsUnhealthy() throws Exception {
		Instant begin = Instant.now();
		String id = create("curable", "test -e /again && touch /well; touch /again; sleep 1000",
				"\"Test\":[\"CMD\",\"test\",\"-e\",\"/well\"],\"Retries\":1",
				",\"Labels\":{\"caisson.restart-on-unhealthy\":\"true\"},\"StopTimeout\":0");
		service.start(id);
		JsonNode cured = await(id, "healthy");
		assertThat(cured.path("RestartCount").asInt()).isEqualTo(1);
		assertThat(healthEvents(begin, id)).containsExactly("health_status: unhealthy", "health_status: healthy");
	}

	@Test
	void noneTurnsACheckOff() throws Exception {
		String id = create("unchecked", "sleep 1000", "\"Test\":[\"NONE\"]", "");
		service.start(id);
		assertThat(service.inspect(id).path("State").has("Health")).isFalse();
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"health\":[\"none\"]}"))).hasSize(1);
	}

	private static String create(String name, String script, String check, String more) throws IOException {
		return service.create(name,
				LifecycleApiTests.command(script) + ",\"Healthcheck\":{\"Interval\":100000000," + check + "}" + more);
	}

	private static JsonNode await(String id, String status) throws Exception {
		return service.await(id,
				(container) -> container.path("State").path("Health").path("Status").asString("").equals(status));
	}

	private static void exec(String id, String program, String argument) throws Exception {
		String exec = ContainerService.JSON
			.readTree(
					service.post("/containers/" + id + "/exec", "{\"Cmd\":[\"" + program + "\",\"" + argument + "\"]}")
						.body())
			.path("Id")
			.asString();
		assertThat(service.post("/exec/" + exec + "/start", "{\"Detach\":true}").status()).isBetween(200, 204);
	}

	private static List<String> healthEvents(Instant since, String id) throws IOException {
		String body = service
			.get("/events?since=" + since + "&until=" + Instant.now() + "&"
					+ ContainerService.filters("{\"container\":[\"" + id + "\"],\"event\":[\"health_status\"]}"))
			.body();
		return body.lines().map((line) -> ContainerService.JSON.readTree(line).path("Action").asString()).toList();
	}

}
