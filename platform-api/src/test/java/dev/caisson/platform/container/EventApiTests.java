package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.event.EventLog;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(60)
class EventApiTests {

	private static ContainerService service;

	private Instant begin = Instant.now();

	@BeforeAll
	static void start() throws IOException {
		service = ContainerService.start();
	}

	@AfterAll
	static void stop() throws IOException {
		service.close();
	}

	@BeforeEach
	void noteTime() {
		this.begin = Instant.now();
	}

	@AfterEach
	void removeContainers() throws IOException {
		service.removeAll();
	}

	@Test
	void lifeOfAContainerIsToldInDockersOrder() throws IOException {
		String id = service.create("told", LifecycleApiTests.command("trap 'exit 9' TERM; while :; do sleep 0.05; done")
				+ ",\"Labels\":{\"tier\":\"back\"}");
		service.start(id);
		service.post("/containers/told/pause");
		service.post("/containers/told/unpause");
		service.post("/containers/told/rename?name=retold");
		service.get("/containers/retold/top");
		service.post("/containers/retold/stop?t=20");
		service.delete("/containers/retold");
		List<JsonNode> events = history("{\"container\":[\"" + id + "\"]}");
		assertThat(events).extracting((event) -> event.path("Action").asString())
			.containsExactly("create", "start", "pause", "unpause", "rename", "top", "kill", "die", "stop", "destroy");
		for (JsonNode event : events) {
			DockerSchema.assertValid("EventMessage", withoutOldFields(event));
			assertThat(event.path("status").asString()).isEqualTo(event.path("Action").asString());
			assertThat(event.path("id").asString()).isEqualTo(id);
			assertThat(attribute(event, "tier")).isEqualTo("back");
			assertThat(attribute(event, "image")).isEqualTo("busybox");
		}
		assertThat(attribute(events.get(4), "oldName")).isEqualTo("/told");
		assertThat(attribute(events.get(6), "signal")).isEqualTo("15");
		assertThat(attribute(events.get(7), "exitCode")).matches("9|143");
		assertThat(events).extracting((event) -> event.path("timeNano").asLong()).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void filtersAddUp() throws IOException {
		String one = service.create("filter-one", "\"Labels\":{\"a\":\"1\",\"b\":\"2\"}");
		service.create("filter-two", "\"Labels\":{\"a\":\"1\"}");
		service.delete("/containers/filter-one");
		assertThat(actions("{\"container\":[\"filter-\"]}")).containsExactly("create", "create", "destroy");
		assertThat(actions("{\"label\":[\"a=1\"]}")).containsExactly("create", "create", "destroy");
		assertThat(actions("{\"label\":{\"a=1\":true,\"b\":true}}")).containsExactly("create", "destroy");
		assertThat(actions("{\"event\":[\"destroy\"],\"container\":[\"" + one + "\"]}")).containsExactly("destroy");
		assertThat(actions("{\"image\":[\"busybox\"],\"event\":[\"create\"]}")).hasSize(2);
		assertThat(actions("{\"image\":[\"other\"]}")).isEmpty();
		assertThat(actions("{\"type\":[\"network\"]}")).isEmpty();
		assertThat(actions("{\"scope\":[\"swarm\"]}")).isEmpty();
		Answer refused = service.get("/events?until=1&" + ContainerService.filters("{\"color\":[\"red\"]}"));
		assertThat(refused.status()).isEqualTo(400);
		assertThat(refused.body()).contains("invalid filter 'color'");
		assertThat(service.get("/events?since=5&until=4").status()).isEqualTo(400);
		assertThat(service.get("/events?since=yesterday").status()).isEqualTo(400);
	}

	@Test
	void followerSeesWhatHappensAndNothingFromBefore() throws Exception {
		service.create("before", "");
		try (Connection follower = follow("application/json-seq")) {
			assertThat(follower.headers().get("content-type")).startsWith("application/json-seq");
			service.create("after", "");
			byte[] record = follower.readChunk();
			assertThat(record[0]).isEqualTo((byte) 0x1e);
			assertThat(new String(record, 1, record.length - 1, StandardCharsets.UTF_8)).contains("\"name\":\"after\"")
				.endsWith("}\n");
		}
		try (Connection follower = follow("application/x-ndjson")) {
			assertThat(follower.headers().get("content-type")).startsWith("application/x-ndjson");
		}
	}

	@Test
	void followersCostNoThreadEachAndMissNothingThoughTheyAreSlow() throws Exception {
		EventLog events = service.bean(EventLog.class);
		int threads = Thread.getAllStackTraces().size();
		List<Connection> followers = new ArrayList<>();
		try {
			for (int i = 0; i < 100; i++) {
				followers.add(follow("application/x-ndjson"));
			}
			int many = 5000;
			for (int i = 0; i < many; i++) {
				events.publish("volume", "tick", Integer.toString(i), java.util.Map.of("padding", "x".repeat(100)));
			}
			assertThat(Thread.getAllStackTraces().size() - threads).isLessThan(50);
			int next = 0;
			StringBuilder text = new StringBuilder();
			while (next < many) {
				text.append(new String(followers.getFirst().readChunk(), StandardCharsets.UTF_8));
				for (int end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
					JsonNode event = ContainerService.JSON.readTree(text.substring(0, end));
					assertThat(event.path("Actor").path("ID").asString()).isEqualTo(Integer.toString(next));
					text.delete(0, end + 1);
					next++;
				}
			}
		}
		finally {
			for (Connection follower : followers) {
				follower.close();
			}
		}
	}

	private static Connection follow(String mediaType) throws IOException {
		Connection connection = service.connect();
		connection.write(ByteBuffer.wrap(("GET /events HTTP/1.1\r\nHost: docker\r\nAccept: " + mediaType + "\r\n\r\n")
			.getBytes(StandardCharsets.UTF_8)));
		connection.readHead();
		return connection;
	}

	private List<String> actions(String filters) throws IOException {
		return history(filters).stream().map((event) -> event.path("Action").asString()).toList();
	}

	private List<JsonNode> history(String filters) throws IOException {
		Instant now = Instant.now();
		Answer answer = service
			.get("/events?since=" + text(this.begin) + "&until=" + text(now) + "&" + ContainerService.filters(filters));
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return answer.body().lines().map(ContainerService.JSON::readTree).toList();
	}

	private static String text(Instant time) {
		return time.getEpochSecond() + "." + "%09d".formatted(time.getNano());
	}

	private static String withoutOldFields(JsonNode event) {
		JsonNode copy = event.deepCopy();
		((tools.jackson.databind.node.ObjectNode) copy).remove(List.of("status", "id", "from"));
		return copy.toString();
	}

	private static String attribute(JsonNode event, String name) {
		return event.path("Actor").path("Attributes").path(name).asString();
	}

}
