package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.caisson.platform.container.CrashClient.Life;
import dev.caisson.platform.container.CrashClient.Step;
import dev.caisson.platform.testing.UnixHttp;
import dev.caisson.platform.testing.UnixHttp.Answer;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds what a new service shows, and what the kernel has, against what an earlier one
 * had acknowledged.
 */
final class CrashCheck {

	/** What a service that was killed had begun may take a moment to be undone. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final UnixHttp api;

	private final Path directory;

	private final String cgroup;

	CrashCheck(UnixHttp api, Path directory, String cgroup) {
		this.api = api;
		this.directory = directory;
		this.cgroup = cgroup;
	}

	/** Checks every life, and forgets those that are over. */
	void check(List<CrashClient> clients) throws Exception {
		Map<String, Set<String>> told = events();
		for (CrashClient client : clients) {
			for (Life life : List.copyOf(client.lives())) {
				if (check(life, told)) {
					client.lives().remove(life);
				}
			}
		}
		checkKernel();
	}

	/** Whether it is gone for good. */
	private boolean check(Life life, Map<String, Set<String>> told) throws IOException {
		Answer answer = this.api.get("/containers/" + life.name + "/json");
		if (answer.status() == 404) {
			assertThat(life.removed != Step.NOT || life.created != Step.DONE).as("%s is lost", life).isTrue();
			checkEvents(life, told);
			return true;
		}
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		assertThat(life.removed).as("%s has come back", life).isNotEqualTo(Step.DONE);
		JsonNode container = ContainerService.JSON.readTree(answer.body());
		life.id = container.path("Id").asString();
		life.created = Step.DONE;
		checkState(life, container.path("State"));
		checkEvents(life, told);
		checkFiles(life);
		return false;
	}

	private static void checkState(Life life, JsonNode state) throws IOException {
		String status = state.path("Status").asString();
		if (life.started == Step.NOT) {
			assertThat(status).as("%s", life).isEqualTo("created");
		}
		else if (life.started == Step.DONE && life.lasting && life.ended == Step.NOT) {
			assertThat(status).as("%s", life).isEqualTo("running");
		}
		else if (life.ended == Step.DONE) {
			assertThat(status).as("%s", life).isEqualTo("exited");
		}
		if (status.equals("exited") && !life.lasting) {
			assertThat(state.path("ExitCode").asInt()).as("exit code of %s", life).isEqualTo(life.exitCode);
		}
		if (status.equals("running")) {
			Path process = Path.of("/proc/" + state.path("Pid").asInt());
			assertThat(Files.readString(process.resolve("cgroup"))).as("%s", life).contains(life.id);
		}
	}

	/**
	 * What was acknowledged has been told of, by the service that died or by this one.
	 */
	private static void checkEvents(Life life, Map<String, Set<String>> told) {
		Set<String> actions = told.getOrDefault(life.id, Set.of());
		if (life.created == Step.DONE && !life.id.isEmpty()) {
			Set<String> expected = new HashSet<>();
			if (life.started == Step.DONE) {
				expected.addAll(Set.of("create", "start"));
			}
			if (life.ended == Step.DONE) {
				expected.add("die");
			}
			if (life.removed == Step.DONE) {
				expected.add("destroy");
			}
			assertThat(actions).as("events of %s", life).containsAll(expected);
		}
	}

	private void checkFiles(Life life) throws IOException {
		Path execs = this.directory.resolve("data/containers/" + life.id + "/upper/execs");
		long lines = Files.exists(execs) ? Files.readString(execs).lines().count() : 0;
		assertThat(lines).as("what was executed in %s", life)
			.isBetween((long) life.execsDone, (long) life.execsPerhaps);
	}

	/** Each kind of action that was told of each container. */
	private Map<String, Set<String>> events() throws IOException {
		Map<String, Set<String>> told = new HashMap<>();
		Answer answer = this.api
			.get("/events?since=1&until=" + java.time.Instant.now().getEpochSecond() + ".999999999");
		answer.body()
			.lines()
			.map(ContainerService.JSON::readTree)
			.forEach((event) -> told.computeIfAbsent(event.path("Actor").path("ID").asString(), (_) -> new HashSet<>())
				.add(event.path("Action").asString()));
		return told;
	}

	/** Control groups and run directories are those of containers that run, no others. */
	private void checkKernel() throws Exception {
		long end = System.nanoTime() + PATIENCE.toNanos();
		Set<String> running = running();
		List<String> strangers = strangers(running);
		while (!strangers.isEmpty() && System.nanoTime() < end) {
			Thread.sleep(50);
			strangers = strangers(running);
		}
		assertThat(strangers).as("left behind, with %s", processes(strangers)).isEmpty();
	}

	/** What keeps a control group from going. */
	private static List<String> processes(List<String> strangers) throws IOException {
		List<String> processes = new ArrayList<>();
		for (String stranger : strangers) {
			Path list = Path.of(stranger, "cgroup.procs");
			if (Files.exists(list)) {
				for (String pid : Files.readAllLines(list)) {
					processes
						.add(pid + " " + about(pid, "comm") + " " + about(pid, "wchan") + " " + about(pid, "stat"));
				}
			}
		}
		return processes;
	}

	private static String about(String pid, String file) {
		try {
			return Files.readString(Path.of("/proc", pid, file)).strip();
		}
		catch (IOException ended) {
			return "gone";
		}
	}

	private Set<String> running() throws IOException {
		Set<String> ids = new HashSet<>();
		for (JsonNode container : ContainerService.JSON.readTree(this.api.get("/containers/json").body())) {
			ids.add(container.path("Id").asString());
		}
		return ids;
	}

	private List<String> strangers(Set<String> running) throws IOException {
		List<String> strangers = new ArrayList<>();
		try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
			for (Path hierarchy : hierarchies.toList()) {
				addStrangers(hierarchy.resolve(this.cgroup), running, strangers);
			}
		}
		addStrangers(this.directory.resolve("run/containers"), running, strangers);
		return strangers;
	}

	private static void addStrangers(Path parent, Set<String> running, List<String> strangers) throws IOException {
		if (Files.isDirectory(parent)) {
			try (Stream<Path> children = Files.list(parent)) {
				children.filter((child) -> child.getFileName().toString().matches("[0-9a-f]{64}"))
					.filter((child) -> !running.contains(child.getFileName().toString()))
					.forEach((child) -> strangers.add(child.toString()));
			}
		}
	}

}
