package dev.caisson.platform.system;

import java.io.IOException;
import java.util.List;

import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class SystemTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static RunningServer server;

	@BeforeAll
	static void start() throws IOException {
		server = RunningServer.withoutEngine(List.of(PingController.class, VersionController.class,
				InfoController.class, SystemInfo.class, FixedInventory.class));
	}

	@AfterAll
	static void stop() throws IOException {
		server.close();
	}

	@Test
	void pingSaysOkAndWhichVersionsAreSpoken() throws IOException {
		Answer answer = server.api().get("/_ping");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("OK");
		assertThat(answer.headers()).containsEntry("api-version", "1.51")
			.containsEntry("ostype", "linux")
			.hasEntrySatisfying("content-type", (type) -> assertThat(type).startsWith("text/plain"));
	}

	@Test
	void pingByHeadHasTheHeadersOnly() throws IOException {
		Answer answer = server.api().send("HEAD", "/_ping", null, null);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.headers()).containsEntry("api-version", "1.51");
	}

	@Test
	void versionIsWhatDockerDefines() throws IOException {
		String body = server.api().get("/v1.41/version").body();
		DockerSchema.assertValid("SystemVersion", body);
		JsonNode version = JSON.readTree(body);
		assertThat(version.path("ApiVersion").asString()).isEqualTo("1.51");
		assertThat(version.path("MinAPIVersion").asString()).isEqualTo("1.24");
		assertThat(version.path("Components").path(0).path("Name").asString()).isEqualTo("Engine");
	}

	@Test
	void infoIsWhatDockerDefines() throws IOException {
		String body = server.api().get("/info").body();
		DockerSchema.assertValid("SystemInfo", body);
		JsonNode info = JSON.readTree(body);
		assertThat(info.path("Containers").asInt()).isEqualTo(6);
		assertThat(info.path("ContainersRunning").asInt()).isEqualTo(1);
		assertThat(info.path("ContainersPaused").asInt()).isEqualTo(2);
		assertThat(info.path("ContainersStopped").asInt()).isEqualTo(3);
		assertThat(info.path("Images").asInt()).isEqualTo(4);
		assertThat(info.path("NCPU").asInt()).isPositive();
		assertThat(info.path("MemTotal").asLong()).isGreaterThan(64L << 20);
		assertThat(info.path("KernelVersion").asString()).isEqualTo(System.getProperty("os.version"));
	}

	@Test
	void idStaysTheSame() throws IOException {
		String first = JSON.readTree(server.api().get("/info").body()).path("ID").asString();
		assertThat(first).isNotEmpty();
		assertThat(server.directory().resolve("data/engine-id")).hasContent(first);
	}

	@Test
	void osReleaseIsReadWithAndWithoutQuotes() {
		List<String> release = List.of("PRETTY_NAME=\"Debian GNU/Linux 12\"", "VERSION_ID=12");
		assertThat(HostFacts.value(release, "PRETTY_NAME")).isEqualTo("Debian GNU/Linux 12");
		assertThat(HostFacts.value(release, "VERSION_ID")).isEqualTo("12");
		assertThat(HostFacts.value(release, "ID")).isEmpty();
	}

	static final class FixedInventory implements Inventory {

		@Override
		public Figures count() {
			return new Figures(1, 2, 3, 4);
		}

	}

}
