package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** What an auditor gets to see of containers, with the kernel as judge. */
@KernelTest(comparesEachTest = false)
@Timeout(120)
class EvidenceTests {

	private static Service service;

	@BeforeAll
	static void start() throws Exception {
		service = Service.start();
	}

	@AfterAll
	static void stop() throws Exception {
		service.close();
	}

	@AfterEach
	void nothingRemains() throws Exception {
		service.removeAll();
	}

	@Test
	void isolationIsReadFromTheKernel() throws Exception {
		int pid = service.background("sealed", List.of("--memory", "64m", "--pids-limit", "50"), "sleep", "1000");
		JsonNode report = service.get("/api/v1/containers/sealed/isolation");
		assertThat(report.path("pid").asInt()).isEqualTo(pid);
		for (JsonNode namespace : report.path("namespaces")) {
			String kind = namespace.path("type").asString();
			assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + kind)))
				.hasToString(kind + ":[" + namespace.path("inode").asLong() + "]");
		}
		assertThat(report.path("summary").path("differs").asInt()).as(report.path("findings").toString()).isZero();
		assertThat(report.path("seccomp").path("readBack").path(0).path("sha256").asString()).hasSize(64);
		assertThat(report.path("record").isNumber()).isTrue();
		assertThat(report.path("cgroup").path("controls").path("pids.max").asString()).isEqualTo("50");
	}

	@Test
	void driftIsNoticedAndTold() throws Exception {
		Instant begin = Instant.now();
		service.background("drifting", List.of("--pids-limit", "50"), "sleep", "1000");
		String id = service.inspect("drifting", "{{.Id}}");
		assertThat(service.get("/api/v1/containers/drifting/isolation").path("drift")).isEmpty();
		try (Stream<Path> found = Files.find(Path.of("/sys/fs/cgroup"), 6,
				(path, _) -> path.endsWith(id + "/pids.max"))) {
			Files.writeString(found.findFirst().orElseThrow(), "4000");
		}
		String told = "";
		for (int i = 0; i < 60 && told.isEmpty(); i++) {
			Thread.sleep(1000);
			told = service
				.docker("events", "--since", begin.toString(), "--until", Instant.now().toString(), "--filter",
						"event=isolation_drift")
				.succeeded()
				.output();
		}
		assertThat(told).contains("item=pids.max", "declared=50", "observed=4000", "name=drifting");
		JsonNode drift = service.get("/api/v1/containers/drifting/isolation").path("drift").path(0);
		assertThat(drift.path("item").asString()).isEqualTo("pids.max");
		assertThat(drift.path("verdict").asString()).isEqualTo("differs");
	}

	@Test
	void launchIsKeptCallByCall() throws Exception {
		service.background("launched", List.of(), "sleep", "1000");
		JsonNode launch = service.await("/api/v1/containers/launched/launches/1");
		assertThat(launch.path("calls").asInt()).isGreaterThan(50);
		assertThat(launch.path("entries").toString()).contains("clone3", "pivot_root", "seccomp", "execve");
	}

	@Test
	void controlsAreJudgedByWhatIsNotByWhatIsSaid() throws Exception {
		service.background("wide", List.of("--privileged", "-v", "/etc/shadow:/x"), "sleep", "1000");
		service.background("narrow",
				List.of("--memory", "64m", "--pids-limit", "50", "--read-only", "--security-opt", "no-new-privileges"),
				"sleep", "1000");
		Map<String, String> wide = controls("wide");
		Map<String, String> narrow = controls("narrow");
		assertThat(wide).hasSize(32)
			.containsEntry("5.4", "FAIL")
			.containsEntry("5.5", "FAIL")
			.containsEntry("5.6", "FAIL")
			.containsEntry("5.18", "FAIL")
			.containsEntry("5.22", "FAIL");
		for (String id : List.of("5.4", "5.5", "5.6", "5.10", "5.11", "5.13", "5.16", "5.17", "5.18", "5.20", "5.21",
				"5.22", "5.25", "5.26", "5.29", "5.32")) {
			assertThat(narrow).containsEntry(id, "PASS");
		}
	}

	@Test
	void execsAreJudgedByTheRecord() throws Exception {
		service.background("visited", List.of("--user", "33"), "sleep", "1000");
		service.docker("exec", "visited", "true").succeeded();
		assertThat(controls("visited")).containsEntry("5.23", "PASS").containsEntry("5.24", "PASS");
		service.docker("exec", "--user", "root", "visited", "true").succeeded();
		service.docker("exec", "--privileged", "visited", "true").succeeded();
		assertThat(controls("visited")).containsEntry("5.23", "FAIL").containsEntry("5.24", "FAIL");
	}

	private static Map<String, String> controls(String name) throws Exception {
		Map<String, String> controls = new TreeMap<>();
		for (JsonNode row : service.get("/api/v1/compliance").path("containers")) {
			if (row.path("name").asString().equals(name)) {
				row.path("controls")
					.forEach((control) -> controls.put(control.path("id").asString(),
							control.path("status").asString()));
			}
		}
		return controls;
	}

}
