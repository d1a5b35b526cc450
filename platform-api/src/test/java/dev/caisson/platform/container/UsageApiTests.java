package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(60)
class UsageApiTests {

	private static final long MEGABYTE = 1 << 20;

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
	void sampleShowsWhatTheContainerDoes() throws IOException {
		String id = run("busy", "while :; do :; done", "\"Memory\":134217728,\"PidsLimit\":50");
		JsonNode stats = service.json("/containers/busy/stats?stream=0");
		DockerSchema.assertValid("ContainerStatsResponse", withoutPressure(stats));
		assertThat(stats.path("name").asString()).isEqualTo("/busy");
		assertThat(stats.path("id").asString()).isEqualTo(id);
		long used = stats.at("/cpu_stats/cpu_usage/total_usage").asLong()
				- stats.at("/precpu_stats/cpu_usage/total_usage").asLong();
		long passed = stats.at("/cpu_stats/system_cpu_usage").asLong()
				- stats.at("/precpu_stats/system_cpu_usage").asLong();
		assertThat(used).as("processor time of a second").isBetween(100_000L, passed);
		assertThat(stats.at("/cpu_stats/online_cpus").asInt()).isEqualTo(onlineProcessors());
		assertThat(stats.at("/memory_stats/limit").asLong()).isEqualTo(128 * MEGABYTE);
		assertThat(stats.at("/memory_stats/usage").asLong()).isPositive();
		assertThat(stats.at("/pids_stats/current").asInt()).isEqualTo(1);
		assertThat(stats.at("/pids_stats/limit").asInt()).isEqualTo(50);
		if (Files.exists(Path.of("/proc/pressure/cpu"))) {
			assertThat(stats.at("/pressure_stats/cpu/some/total").isNumber()).as(stats.toString()).isTrue();
		}
	}

	@Test
	void followerGetsSampleAfterSampleAndStoppedContainersAreShownEmpty() throws IOException {
		String id = run("watched", "sleep 1000", "");
		try (Connection follower = service.connect()) {
			follower.write(ByteBuffer.wrap(
					"GET /containers/watched/stats HTTP/1.1\r\nHost: docker\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
			follower.readHead();
			JsonNode first = ContainerService.JSON.readTree(follower.readChunk());
			assertThat(first.path("preread").asString()).isEqualTo("0001-01-01T00:00:00Z");
			JsonNode second = ContainerService.JSON.readTree(follower.readChunk());
			assertThat(second.path("preread").asString()).isEqualTo(first.path("read").asString());
		}
		assertThat(service.json("/api/v1/containers/stats").path(0).path("id").asString()).isEqualTo(id);
		service.post("/containers/watched/kill");
		JsonNode stopped = service.json("/containers/watched/stats?stream=0");
		assertThat(stopped.path("read").asString()).isEqualTo("0001-01-01T00:00:00Z");
		assertThat(service.json("/api/v1/containers/stats")).isEmpty();
		assertThat(service.json("/containers/watched/stats?stream=0&one-shot=1").path("pids_stats")).isEmpty();
	}

	@Test
	void limitsOfARunningContainerAreChangedInTheKernelAndKept() throws IOException {
		String id = run("changed", "sleep 1000", "\"Memory\":67108864");
		Answer answer = service.post("/containers/changed/update",
				"{\"Memory\":134217728,\"MemorySwap\":268435456,\"CpuShares\":512,\"PidsLimit\":77,"
						+ "\"RestartPolicy\":{\"Name\":\"on-failure\",\"MaximumRetryCount\":4}}");
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		DockerSchema.assertValid("ContainerUpdateResponse", answer.body());
		assertThat(control(id, "pids.max")).isEqualTo("77");
		assertThat(control(id, "memory.limit_in_bytes", "memory.max")).isEqualTo("134217728");
		JsonNode host = service.inspect(id).path("HostConfig");
		assertThat(host.path("Memory").asLong()).isEqualTo(128 * MEGABYTE);
		assertThat(host.path("CpuShares").asLong()).isEqualTo(512);
		assertThat(host.path("RestartPolicy").path("MaximumRetryCount").asInt()).isEqualTo(4);
		assertThat(service.post("/containers/changed/update", "{}").status()).isEqualTo(200);
		assertThat(service.inspect(id).path("HostConfig")).isEqualTo(host);
	}

	@Test
	void updatesThatCannotBeAreRefusedInDockersWords() throws IOException {
		String id = run("refusing", "sleep 1000", "\"Memory\":67108864,\"AutoRemove\":true");
		refuses("{\"Memory\":1000}", 400, "Minimum memory limit allowed is 6MB");
		refuses("{\"Memory\":536870912}", 409,
				"Cannot update container " + id + ": Memory limit should be smaller than already set memoryswap limit, "
						+ "update the memoryswap at the same time");
		refuses("{\"RestartPolicy\":{\"Name\":\"always\"}}", 409,
				"Restart policy cannot be updated because AutoRemove is enabled for the container");
		refuses("{\"RestartPolicy\":{\"Name\":\"sometimes\"}}", 409, "Restart policy cannot be updated");
		refuses("{\"CpusetCpus\":\"999\"}", 400, "Requested CPUs are not available - requested 999");
		refuses("{\"Memory\":\"much\"}", 400, "Memory");
		refuses("[]", 400, "body");
		assertThat(control(id, "memory.limit_in_bytes", "memory.max")).isEqualTo("67108864");
		assertThat(service.inspect(id).path("HostConfig").path("Memory").asLong()).isEqualTo(64 * MEGABYTE);
	}

	@Test
	void pruneRemovesWhatDoesNotRunAndTheFiltersLeave() throws IOException {
		String running = run("running", "sleep 1000", "");
		String kept = service.create("kept", "\"Labels\":{\"keep\":\"yes\"}");
		String gone = service.create("gone", "\"Labels\":{\"keep\":\"no\"}");
		assertThat(pruned("{\"label\":[\"nobody\"]}")).isEmpty();
		assertThat(pruned("{\"until\":[\"1h\"]}")).isEmpty();
		assertThat(pruned("{\"label!\":[\"keep=yes\"]}")).containsExactly(gone);
		assertThat(service.post("/containers/prune?" + ContainerService.filters("{\"color\":[\"red\"]}")).status())
			.isEqualTo(400);
		assertThat(service.post("/containers/prune?" + ContainerService.filters("{\"until\":[\"soon\"]}")).status())
			.isEqualTo(400);
		assertThat(pruned("{}")).containsExactly(kept);
		assertThat(service.json("/containers/json?all=1")).hasSize(1);
		assertThat(service.inspect(running).path("State").path("Running").asBoolean()).isTrue();
	}

	private static List<String> pruned(String filters) throws IOException {
		Answer answer = service.post("/containers/prune?" + ContainerService.filters(filters));
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		DockerSchema.assertValid("ContainerPruneResponse", answer.body());
		return ContainerService.JSON.readTree(answer.body())
			.path("ContainersDeleted")
			.valueStream()
			.map(JsonNode::asString)
			.toList();
	}

	private static void refuses(String body, int status, String words) throws IOException {
		Answer answer = service.post("/containers/refusing/update", body);
		assertThat(answer.status()).as(answer.body()).isEqualTo(status);
		assertThat(answer.body()).contains(words);
	}

	private static String run(String name, String script, String host) throws IOException {
		String id = service.create(name, LifecycleApiTests.command(script) + ",\"HostConfig\":{" + host + "}");
		service.start(id);
		return id;
	}

	/** The first of these control files that the container's first process has. */
	private static String control(String id, String... names) throws IOException {
		try (Stream<Path> files = Files.find(Path.of("/sys/fs/cgroup"), 8,
				(file, _) -> List.of(names).contains(file.getFileName().toString())
						&& file.getParent().getFileName().toString().equals(id))) {
			return Files.readString(files.findFirst().orElseThrow()).strip();
		}
	}

	private static long onlineProcessors() throws IOException {
		return Files.readString(Path.of("/proc/stat")).lines().filter((line) -> line.matches("cpu\\d+ .*")).count();
	}

	private static String withoutPressure(JsonNode stats) {
		ObjectNode copy = (ObjectNode) stats.deepCopy();
		copy.remove("pressure_stats");
		return copy.toString();
	}

}
