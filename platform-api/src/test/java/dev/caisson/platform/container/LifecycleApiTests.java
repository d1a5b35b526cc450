package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.persistence.container.ContainerRecords;
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
class LifecycleApiTests {

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
	void exitCodeIsKnownAndWrittenDownWhenWaitAnswers() throws IOException {
		String id = service.create("seven", command("exit 7"));
		service.start(id);
		assertThat(service.waitFor(id)).isEqualTo(7);
		ContainerRecord record = service.bean(ContainerRecords.class).find(id).orElseThrow();
		assertThat(record.state().phase()).isEqualTo("EXITED");
		assertThat(record.state().exitCode()).isEqualTo(7);
		JsonNode state = service.inspect(id).path("State");
		assertThat(state.path("Status").asString()).isEqualTo("exited");
		assertThat(state.path("Running").asBoolean()).isFalse();
		assertThat(state.path("Pid").asInt()).isZero();
		assertThat(state.path("FinishedAt").asString()).isGreaterThan(state.path("StartedAt").asString());
		JsonNode summary = service.json("/containers/json?all=1").path(0);
		assertThat(summary.path("Status").asString()).startsWith("Exited (7) ");
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"exited\":[\"7\"]}"))).hasSize(1);
		assertThat(service.json("/containers/json?" + ContainerService.filters("{\"exited\":[\"0\"]}"))).isEmpty();
	}

	@Test
	void runningContainerIsShownAsDockerDefines() throws IOException {
		String id = service.create("web", command("sleep 1000") + ",\"ExposedPorts\":{\"80/tcp\":{}}");
		service.start(id);
		assertThat(service.post("/containers/" + id + "/start").status()).isEqualTo(304);
		DockerSchema.assertValid("ContainerInspectResponse", service.get("/containers/web/json").body());
		DockerSchema.assertEachValid("ContainerSummary", service.get("/containers/json").body());
		DockerSchema.assertValid("ContainerTopResponse", service.get("/containers/web/top").body());
		int pid = service.inspect(id).path("State").path("Pid").asInt();
		assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"))).contains("sleep");
		assertThat(service.json("/containers/web/top").path("Processes").toString()).contains("sleep 1000");
		Answer removal = service.delete("/containers/web");
		assertThat(removal.status()).isEqualTo(409);
		assertThat(removal.body()).contains("cannot remove container \\\"/web\\\": container is running: "
				+ "stop the container before removing or force remove");
		assertThat(service.delete("/containers/web?force=1").status()).isEqualTo(204);
		assertThat(Files.exists(Path.of("/proc/" + pid))).isFalse();
	}

	@Test
	void stopSendsTheContainersSignal() throws IOException {
		String id = service.create("", command("trap 'exit 9' USR1; while :; do sleep 0.05; done")
				+ ",\"StopSignal\":\"SIGUSR1\",\"StopTimeout\":20");
		service.start(id);
		sleep(300);
		assertThat(service.post("/containers/" + id + "/stop").status()).isEqualTo(204);
		assertThat(service.inspect(id).path("State").path("ExitCode").asInt()).isEqualTo(9);
		assertThat(service.post("/containers/" + id + "/stop").status()).isEqualTo(304);
	}

	@Test
	void stopKillsAfterTheTime() throws IOException {
		String id = service.create("", command("trap '' TERM; sleep 1000"));
		service.start(id);
		assertThat(service.post("/containers/" + id + "/stop?t=0").status()).isEqualTo(204);
		assertThat(service.inspect(id).path("State").path("ExitCode").asInt()).isEqualTo(137);
	}

	@Test
	void restartStartsAgain() throws IOException {
		String id = service.create("", command("sleep 1000"));
		service.start(id);
		int first = service.inspect(id).path("State").path("Pid").asInt();
		assertThat(service.post("/containers/" + id + "/restart?t=0").status()).isEqualTo(204);
		JsonNode state = service.inspect(id).path("State");
		assertThat(state.path("Running").asBoolean()).isTrue();
		assertThat(state.path("Pid").asInt()).isNotEqualTo(first);
	}

	@Test
	void pausedContainerStandsStill() throws IOException {
		String id = service.create("still", command("sleep 1000"));
		service.start(id);
		assertThat(service.post("/containers/still/pause").status()).isEqualTo(204);
		assertThat(service.inspect(id).path("State").path("Paused").asBoolean()).isTrue();
		assertThat(service.post("/containers/still/pause").status()).isEqualTo(409);
		assertThat(service.post("/containers/still/start").status()).isEqualTo(409);
		assertThat(service.post("/containers/still/unpause").status()).isEqualTo(204);
		assertThat(service.inspect(id).path("State").path("Status").asString()).isEqualTo("running");
		service.post("/containers/still/pause");
		assertThat(service.delete("/containers/still?force=1").status()).isEqualTo(204);
	}

	@Test
	void programThatIsMissingIsTheClientsFault() throws IOException {
		Answer missing = startOf("\"Cmd\":[\"nosuch\"]");
		assertThat(missing.status()).isEqualTo(400);
		assertThat(missing.body()).contains("executable file not found in $PATH");
		Answer noProgram = startOf("\"Cmd\":[\"/etc/passwd\"]");
		assertThat(noProgram.status()).isEqualTo(400);
		assertThat(noProgram.body()).contains("permission denied");
		JsonNode containers = service.json("/containers/json?all=1");
		assertThat(service.inspect(containers.path(1).path("Id").asString()).path("State").path("ExitCode").asInt())
			.isEqualTo(127);
	}

	private static Answer startOf(String fields) throws IOException {
		return service.post("/containers/" + service.create("", fields) + "/start");
	}

	@Test
	void containerOnlyForOneRunIsGoneAfterIt() throws Exception {
		for (int i = 0; i < 5; i++) {
			String id = service.create("brief", command("exit 3") + ",\"HostConfig\":{\"AutoRemove\":true}");
			try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
				Future<Answer> removed = threads
					.submit(() -> service.post("/containers/" + id + "/wait?condition=removed"));
				sleep(50);
				service.start(id);
				assertThat(removed.get().body()).contains("\"StatusCode\":3");
			}
			assertThat(service.get("/containers/" + id + "/json").status()).isEqualTo(404);
		}
		assertThat(service.bean(ContainerRecords.class).all()).isEmpty();
	}

	@Test
	void ofManyWhoWantANameOneGetsIt() throws Exception {
		try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
			List<Future<Integer>> answers = new ArrayList<>();
			Callable<Integer> create = () -> service
				.post("/containers/create?name=wanted", ContainerService.request(""))
				.status();
			for (int i = 0; i < 16; i++) {
				answers.add(threads.submit(create));
			}
			List<Integer> statuses = new ArrayList<>();
			for (Future<Integer> answer : answers) {
				statuses.add(answer.get());
			}
			assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
		}
	}

	@Test
	void startsAtTheSameTimeStartOnce() throws Exception {
		String id = service.create("", command("sleep 1000"));
		try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
			List<Future<Integer>> answers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				answers.add(threads.submit(() -> service.post("/containers/" + id + "/start").status()));
			}
			List<Integer> statuses = new ArrayList<>();
			for (Future<Integer> answer : answers) {
				statuses.add(answer.get());
			}
			assertThat(statuses).containsOnly(204, 304).containsOnlyOnce(204);
		}
	}

	@Test
	void namespacesOfAContainerThatDoesNotRunCannotBeJoined() throws IOException {
		String peer = service.create("peer", command("sleep 1000"));
		String id = service.create("joining",
				command("hostname") + ",\"HostConfig\":{\"NetworkMode\":\"container:peer\"}");
		Answer refused = service.post("/containers/joining/start");
		assertThat(refused.status()).isEqualTo(409);
		assertThat(refused.body()).contains("cannot join network of a non running container: " + peer);
		service.start(peer);
		service.start(id);
		assertThat(service.waitFor(id)).isZero();
		assertThat(service.get("/containers/" + id + "/logs?stdout=1").body()).contains(peer.substring(0, 12));
	}

	@Test
	void volumesOfAnotherContainerAreShared() throws IOException {
		service.create("owner", command("echo shared > /v/file") + ",\"Volumes\":{\"/v\":{}}");
		service.start("owner");
		service.waitFor("owner");
		service.create("heir", command("cat /v/file") + ",\"HostConfig\":{\"VolumesFrom\":[\"owner:ro\"]}");
		service.start("heir");
		assertThat(service.waitFor("heir")).isZero();
		assertThat(service.get("/containers/heir/logs?stdout=1").body()).contains("shared");
	}

	static String command(String script) {
		return "\"Cmd\":[\"sh\",\"-c\",\"" + script + "\"]";
	}

	private static void sleep(int millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
