package dev.caisson.web.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.caisson.engine.testing.KernelTest;
import dev.caisson.web.endtoend.Browser.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The dashboard as people with different roles use it, with the kernel as judge. */
@KernelTest(comparesEachTest = false)
@Timeout(120)
class DashboardTests {

	private static final Pattern NAMESPACE = Pattern.compile("data-type=\"(\\w+)\" data-inode=\"(\\d+)\"");

	private static Service service;

	private static Browser admin;

	@BeforeAll
	static void start() throws Exception {
		service = Service.start();
		admin = Browser.signIn(service, "admin", service.announced("with the password (\\S+)"));
	}

	@AfterAll
	static void stop() throws Exception {
		if (admin != null) {
			admin.close();
		}
		service.close();
	}

	@AfterEach
	void nothingRemains() throws Exception {
		service.removeAll();
	}

	@Test
	void isolationPageShowsWhatTheKernelShows() throws Exception {
		int pid = service.background("shown", List.of("--memory", "64m", "--pids-limit", "50"), "sleep", "1000");
		String page = admin.get("/ui/containers/shown/isolation").body();
		List<MatchResult> namespaces = NAMESPACE.matcher(page).results().toList();
		assertThat(namespaces).hasSizeGreaterThan(5);
		for (MatchResult namespace : namespaces) {
			assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + namespace.group(1))))
				.hasToString(namespace.group(1) + ":[" + namespace.group(2) + "]");
		}
		assertThat(page).contains("/proc/" + pid, "pids.max 50", "67108864", "5.22", "sha256:");
	}

	@Test
	void viewerSeesAndMayNotStop() throws Exception {
		int pid = service.background("guarded", List.of(), "sleep", "1000");
		service.post("/api/v1/access/accounts",
				"{\"name\":\"onlooker\",\"password\":\"a-long-enough-password\",\"role\":\"viewer\"}");
		try (Browser viewer = Browser.signIn(service, "onlooker", "a-long-enough-password")) {
			assertThat(viewer.get("/ui/containers").body()).contains("guarded").doesNotContain("/stop", "/remove");
			assertThat(viewer.get("/ui/audit").status()).isEqualTo(403);
			Answer refused = viewer.submit("/ui/containers", "/ui/containers/guarded/stop", Map.of());
			assertThat(refused.status()).isEqualTo(403);
			assertThat(refused.body()).contains("You may not", "onlooker (viewer)");
		}
		assertThat(Path.of("/proc/" + pid)).exists();
		assertThat(admin.get("/ui/audit?outcome=denied").body()).contains("onlooker",
				"POST /ui/containers/{reference}/stop");
	}

	@Test
	void stoppedAndRemovedByButtons() throws Exception {
		int pid = service.background("pressed", List.of("--stop-signal", "KILL"), "sleep", "1000");
		String id = service.inspect("pressed", "{{.Id}}");
		assertThat(admin.post("/ui/containers/pressed/stop", "").status()).as("without a token").isEqualTo(403);
		assertThat(Path.of("/proc/" + pid)).exists();
		Answer stopped = admin.submit("/ui/containers", "/ui/containers/pressed/stop", Map.of("back", "page"));
		assertThat(stopped.location()).endsWith("/ui/containers/" + id);
		assertThat(Path.of("/proc/" + pid)).doesNotExist();
		assertThat(admin.get("/ui/containers/pressed/remove").body()).contains("deleted for good");
		admin.submit("/ui/containers/pressed/remove", "/ui/containers/" + id + "/remove", Map.of());
		assertThat(service.docker("ps", "-aq").succeeded().output()).isBlank();
		assertThat(admin.get("/ui/audit?target=containers/" + id).body())
			.contains("POST /ui/containers/{reference}/stop", "POST /ui/containers/{reference}/remove")
			.doesNotContain("_csrf\\");
	}

	@Test
	void whatContainersWriteIsNeverMarkup() throws Exception {
		service.docker("run", "--name", "hostile", "busybox", "echo", "<script>alert(1)</script>").succeeded();
		assertThat(admin.get("/ui/containers/hostile/logs").body()).contains("&lt;script&gt;alert(1)")
			.doesNotContain("<script>alert");
	}

	@Test
	void pullThatCannotBeSaysWhy() throws Exception {
		Answer wrong = admin.submit("/ui/images", "/ui/images/pull", Map.of("name", "NO/Upper Case"));
		assertThat(wrong.status()).isEqualTo(400);
		assertThat(wrong.body()).contains("That cannot be", "invalid reference format");
		Answer unreachable = admin.submit("/ui/images", "/ui/images/pull", Map.of("name", "127.0.0.1:9/absent:1"));
		assertThat(unreachable.status()).isGreaterThanOrEqualTo(400);
		assertThat(unreachable.body()).contains("127.0.0.1:9", "role=\"alert\"");
	}

	@Test
	void everyPageAnswers() throws Exception {
		service.background("paged", List.of(), "sleep", "1000");
		for (String page : List.of("/", "/ui/containers", "/ui/images", "/ui/networks", "/ui/volumes", "/ui/audit",
				"/ui/audit/0", "/ui/compliance", "/ui/system", "/ui/containers/paged", "/ui/containers/paged/launch",
				"/ui/containers/paged/stats", "/ui/containers/paged/audit", "/ui/containers/paged/inspect")) {
			Answer answer = admin.get(page);
			assertThat(answer.status()).as(page).isEqualTo(200);
			assertThat(answer.body()).as(page).contains("</html>", "signed in as <b>admin</b>");
		}
		assertThat(admin.get("/ui/containers/absent").status()).isEqualTo(404);
	}

}
