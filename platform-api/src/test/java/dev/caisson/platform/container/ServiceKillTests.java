package dev.caisson.platform.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.testing.UnixHttp;
import dev.caisson.platform.testing.UnixHttp.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(180)
class ServiceKillTests {

	private static final Pattern LINE = Pattern.compile("line (\\d+)\n");

	@TempDir
	private Path directory;

	@Test
	void killedServiceKnowsEverythingWhenItIsBack() throws Exception {
		try (ServiceProcess first = ServiceProcess.start(this.directory)) {
			load(first.api());
			create(first.api(), "printing", "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.01; done", "");
			create(first.api(), "ending", "sleep 1; exit 7", "");
			create(first.api(), "idle", "sleep 1000", "");
			create(first.api(), "passing", "sleep 1", ",\"HostConfig\":{\"AutoRemove\":true}");
			assertThat(first.api().post("/containers/create?name=never", ContainerService.request("")).status())
				.isEqualTo(201);
			first.kill();
		}
		Thread.sleep(1500);
		try (ServiceProcess second = ServiceProcess.start(this.directory)) {
			UnixHttp api = second.api();
			assertThat(state(api, "printing").path("Status").asString()).isEqualTo("running");
			assertThat(state(api, "idle").path("Running").asBoolean()).isTrue();
			assertThat(state(api, "never").path("Status").asString()).isEqualTo("created");
			JsonNode ended = state(api, "ending");
			assertThat(ended.path("Status").asString()).isEqualTo("exited");
			assertThat(ended.path("ExitCode").asInt()).isEqualTo(7);
			assertThat(api.post("/containers/printing/stop?t=0").status()).isEqualTo(204);
			assertThatNoLineIsMissing(api.get("/containers/printing/logs?stdout=1").body());
			while (api.get("/containers/passing/json").status() != 404) {
				Thread.sleep(20);
			}
			for (String name : List.of("printing", "ending", "idle", "never")) {
				assertThat(api.delete("/containers/" + name + "?force=1").status()).isEqualTo(204);
			}
		}
	}

	@Test
	void restartsHealthAndUnseenEndsGoOnInTheNextService() throws Exception {
		try (ServiceProcess first = ServiceProcess.start(this.directory)) {
			load(first.api());
			create(first.api(), "again", "sleep 0.2; exit 1",
					",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"always\"}}");
			create(first.api(), "checked", "sleep 1000",
					",\"Healthcheck\":{\"Test\":[\"CMD\",\"true\"],\"Interval\":200000000}");
			create(first.api(), "greedy", "sleep 1; dd if=/dev/zero of=/dev/null bs=64M",
					",\"HostConfig\":{\"Memory\":8388608,\"MemorySwap\":8388608}");
			create(first.api(), "stopped", "sleep 1000",
					",\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"unless-stopped\"}}");
			assertThat(first.api().post("/containers/stopped/stop?t=0").status()).isEqualTo(204);
			await(first.api(), "checked", (container) -> health(container).equals("healthy"));
			await(first.api(), "again", (container) -> container.path("RestartCount").asInt() > 0);
			first.kill();
		}
		Thread.sleep(3000);
		Instant resumed = Instant.now();
		try (ServiceProcess second = ServiceProcess.start(this.directory)) {
			UnixHttp api = second.api();
			int count = inspect(api, "again").path("RestartCount").asInt();
			await(api, "again", (container) -> container.path("RestartCount").asInt() > count);
			JsonNode checked = await(api, "checked", (container) -> lastProbe(container).isAfter(resumed));
			assertThat(health(checked)).isEqualTo("healthy");
			JsonNode greedy = state(api, "greedy");
			assertThat(greedy.path("Status").asString()).isEqualTo("exited");
			assertThat(greedy.path("OOMKilled").asBoolean()).isTrue();
			assertThat(Instant.parse(greedy.path("FinishedAt").asString())).as("its real end").isBefore(resumed);
			assertThat(state(api, "stopped").path("Status").asString()).isEqualTo("exited");
			String events = api.get("/events?since=1&until=" + Instant.now().getEpochSecond()).body();
			assertThat(events.lines().filter((line) -> line.contains("\"greedy\"")).map(ServiceKillTests::action))
				.containsExactly("create", "start", "oom", "die");
			for (String name : List.of("again", "checked", "greedy", "stopped")) {
				assertThat(api.delete("/containers/" + name + "?force=1").status()).isEqualTo(204);
			}
		}
	}

	private static String action(String event) {
		return ContainerService.JSON.readTree(event).path("Action").asString();
	}

	private static String health(JsonNode container) {
		return container.path("State").path("Health").path("Status").asString("");
	}

	private static Instant lastProbe(JsonNode container) {
		JsonNode probes = container.path("State").path("Health").path("Log");
		return probes.isEmpty() ? Instant.EPOCH : Instant.parse(probes.path(probes.size() - 1).path("End").asString());
	}

	private static JsonNode await(UnixHttp api, String name, Predicate<JsonNode> condition) throws Exception {
		JsonNode container = inspect(api, name);
		while (!condition.test(container)) {
			Thread.sleep(20);
			container = inspect(api, name);
		}
		return container;
	}

	private static void load(UnixHttp api) throws IOException {
		ByteArrayOutputStream archive = new ByteArrayOutputStream();
		BusyboxRoot.archive(archive, "busybox:latest", BusyboxRoot.layer());
		assertThat(api.send("POST", "/images/load", "application/x-tar", archive.toByteArray()).status())
			.isEqualTo(200);
	}

	private static void create(UnixHttp api, String name, String script, String fields) throws IOException {
		Answer answer = api.post("/containers/create?name=" + name,
				ContainerService.request(LifecycleApiTests.command(script) + fields));
		assertThat(answer.status()).as(answer.body()).isEqualTo(201);
		assertThat(api.post("/containers/" + name + "/start").status()).isEqualTo(204);
	}

	private static JsonNode state(UnixHttp api, String name) throws IOException {
		return inspect(api, name).path("State");
	}

	private static JsonNode inspect(UnixHttp api, String name) throws IOException {
		Answer answer = api.get("/containers/" + name + "/json");
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return ContainerService.JSON.readTree(answer.body());
	}

	private static void assertThatNoLineIsMissing(String log) {
		List<Integer> numbers = new ArrayList<>();
		for (Matcher matcher = LINE.matcher(log); matcher.find();) {
			numbers.add(Integer.valueOf(matcher.group(1)));
		}
		assertThat(numbers).hasSizeGreaterThan(50);
		for (int i = 0; i < numbers.size(); i++) {
			assertThat(numbers.get(i)).isEqualTo(i);
		}
	}

}
