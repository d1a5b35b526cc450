package dev.caisson.platform.image;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.trust.ImagePolicy;
import dev.caisson.platform.image.trust.ImageTrust;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.ImageArchive;
import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest
@Timeout(60)
class ImageEndpointTests {

	private static final JsonMapper JSON = new JsonMapper();

	private RunningServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = RunningServer.withoutEngine(List.of(Store.class, ImageController.class, ImageSummaries.class,
				LoadController.class, ImageTrust.class));
		load(ImageArchive.of("registry.example:5000/team/old:1", "2020-01-01T00:00:00Z", "old",
				Map.of("Labels", Map.of("tier", "back"), "Cmd", List.of("/file"), "ExposedPorts",
						Map.of("80/tcp", Map.of()), "Healthcheck",
						Map.of("Test", List.of("CMD", "/file"), "Interval", 1000000000L))));
		load(ImageArchive.of("young:2", "2024-01-01T00:00:00Z", "young", Map.of("Entrypoint", List.of("/file"))));
	}

	@AfterEach
	void stop() throws IOException {
		this.server.close();
	}

	@Test
	void loadTellsWhatItDoesAndWhatItLoaded() throws IOException {
		Answer answer = load(
				ImageArchive.of("young:2", "2025-01-01T00:00:00Z", "younger", Map.of("Env", List.of("A=b"))));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.headers()).containsEntry("content-type", "application/json");
		assertThat(answer.body()).endsWith("{\"stream\":\"Loaded image: young:2\\n\"}\r\n")
			.contains("already exists, renaming the old one with ID sha256:");
		answer.body().lines().forEach((line) -> assertThat(JSON.readTree(line).isObject()).isTrue());
	}

	@Test
	void loadOfGarbageIsRefusedWithAReason() throws IOException {
		Answer answer = load("no archive at all".repeat(100_000).getBytes(StandardCharsets.UTF_8));
		assertThat(answer.status()).isEqualTo(400);
		DockerSchema.assertValid("ErrorResponse", answer.body());
		assertThat(list("").size()).isEqualTo(3);
	}

	@Test
	void loadOfWhichTheClientVanishesLeavesTheStoreAsItWas() throws Exception {
		byte[] archive = ImageArchive.of("lost:1", "2025-01-01T00:00:00Z", "lost", Map.of());
		try (Connection connection = this.server.api().connect()) {
			connection.write(ByteBuffer.wrap(("POST /images/load HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-tar"
					+ "\r\nContent-Length: " + archive.length + "\r\n\r\n")
				.getBytes(StandardCharsets.UTF_8)));
			connection.write(ByteBuffer.wrap(archive, 0, archive.length / 2));
		}
		Thread.sleep(300);
		assertThat(this.server.api().get("/images/lost:1/json").status()).isEqualTo(404);
		assertThat(list("").size()).isEqualTo(3);
	}

	@ParameterizedTest
	@CsvSource({ "1.24", "1.42", "1.51" })
	void listIsWhatDockerDefines(String version) throws IOException {
		String body = this.server.api().get("/v" + version + "/images/json").body();
		if (version.equals("1.51")) {
			DockerSchema.assertEachValid("ImageSummary", body);
		}
		JsonNode first = JSON.readTree(body).get(0);
		assertThat(first.has("VirtualSize")).isEqualTo(!version.equals("1.51"));
		assertThat(first.path("Id").asString()).startsWith("sha256:");
		assertThat(JSON.readTree(body).size()).isEqualTo(3);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "{'reference':['young']};young:2", "{'reference':{'young:*':true}};young:2",
			"{'reference':['*/team/*']};registry.example:5000/team/old:1", "{'reference':['yo[tu]ng:?']};young:2",
			"{'reference':['team']};''", "{'label':['tier']};registry.example:5000/team/old:1",
			"{'label':['tier=back']};registry.example:5000/team/old:1", "{'label':['tier=front']};''",
			"{'before':['young:2'],'label':['tier']};registry.example:5000/team/old:1",
			"{'since':['registry.example:5000/team/old:1'],'reference':['young']};young:2",
			"{'until':['2021-01-01T00:00:00Z'],'label':['tier']};registry.example:5000/team/old:1",
			"{'dangling':['true']};''", "{'dangling':{'false':true},'reference':['young']};young:2" })
	void listIsFiltered(String filters, String names) throws IOException {
		StringBuilder found = new StringBuilder();
		list(filters.replace('\'', '"')).forEach((image) -> found.append(image.path("RepoTags").get(0).asString()));
		assertThat(found).hasToString(names);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = { "{'colour':['red']};invalid filter 'colour'", "nonsense;invalid filter",
			"{'dangling':['maybe']};invalid filter 'dangling=[maybe]'", "{'before':['none']};No such image" })
	void filterThatCannotBeIsRefused(String filters, String message) throws IOException {
		Answer answer = this.server.api().get("/images/json?filters=" + encode(filters.replace('\'', '"')));
		assertThat(answer.status()).isIn(400, 404);
		assertThat(answer.body()).contains(message);
	}

	@Test
	void danglingImagesHaveNoNames() throws IOException {
		load(ImageArchive.of("young:2", "2025-01-01T00:00:00Z", "younger", Map.of()));
		assertThat(list("{\"dangling\":[\"true\"]}").get(0).path("RepoTags").size()).isZero();
		String old = this.server.api().get("/v1.42/images/json?filters=" + encode("{\"dangling\":[\"true\"]}")).body();
		assertThat(JSON.readTree(old).get(0).path("RepoTags").get(0).asString()).isEqualTo("<none>:<none>");
	}

	@ParameterizedTest
	@CsvSource({ "young", "young:2", "docker.io/library/young:2", "registry.example:5000/team/old:1",
			"registry.example:5000%2Fteam%2Fold:1", "caisson/hello" })
	void inspectIsWhatDockerDefines(String name) throws IOException {
		Answer answer = this.server.api()
			.get("/images/" + (name.equals("young") ? id("young:2").substring(7, 19) : name) + "/json");
		assertThat(answer.status()).isEqualTo(200);
		DockerSchema.assertValid("ImageInspect", answer.body());
	}

	@Test
	void inspectShowsTheConfiguration() throws IOException {
		JsonNode config = JSON.readTree(this.server.api().get("/images/registry.example:5000/team/old:1/json").body())
			.path("Config");
		assertThat(config.path("Cmd").get(0).asString()).isEqualTo("/file");
		assertThat(config.path("ExposedPorts").path("80/tcp").isObject()).isTrue();
		assertThat(config.path("Healthcheck").path("Interval").asLong()).isEqualTo(1000000000L);
		assertThat(config.path("Labels").path("tier").asString()).isEqualTo("back");
	}

	@ParameterizedTest
	@CsvSource({ "/images/nothing/json,404,No such image: nothing:latest",
			"/images/nothing/history,404,No such image: nothing:latest",
			"/images/Upper/json,400,invalid reference format: repository name (library/Upper) must be lowercase" })
	void imageThatIsNotThereIsRefused(String path, int status, String message) throws IOException {
		Answer answer = this.server.api().get(path);
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.body()).isEqualTo("{\"message\":\"" + message + "\"}");
	}

	@Test
	void historyIsWhatDockerDefines() throws IOException {
		String body = this.server.api().get("/images/young:2/history").body();
		DockerSchema.assertEachValid("ImageHistoryResponseItem", body);
		JsonNode steps = JSON.readTree(body);
		assertThat(steps.get(0).path("Id").asString()).isEqualTo(id("young:2"));
		assertThat(steps.get(0).path("Size").asInt()).isZero();
		assertThat(steps.get(1).path("Id").asString()).isEqualTo("<missing>");
		assertThat(steps.get(1).path("Size").asInt()).isEqualTo("young".length());
	}

	@Test
	void tagGivesOneMoreNameAndRemoveTakesItAway() throws IOException {
		assertThat(this.server.api().post("/images/young:2/tag?repo=other/name&tag=x").status()).isEqualTo(201);
		assertThat(id("other/name:x")).isEqualTo(id("young:2"));
		String untagged = this.server.api().delete("/images/other/name:x").body();
		DockerSchema.assertEachValid("ImageDeleteResponseItem", untagged);
		assertThat(untagged).isEqualTo("[{\"Untagged\":\"other/name:x\"}]");
		String deleted = this.server.api().delete("/images/young:2").body();
		DockerSchema.assertEachValid("ImageDeleteResponseItem", deleted);
		assertThat(deleted).contains("{\"Untagged\":\"young:2\"}", "{\"Deleted\":\"sha256:");
		assertThat(this.server.api().get("/images/young:2/json").status()).isEqualTo(404);
	}

	@Test
	void removeById() throws IOException {
		String id = id("young:2");
		assertThat(this.server.api().post("/images/young:2/tag?repo=elsewhere/young").status()).isEqualTo(201);
		Answer refused = this.server.api().delete("/images/" + id);
		assertThat(refused.status()).isEqualTo(409);
		DockerSchema.assertValid("ErrorResponse", refused.body());
		assertThat(this.server.api().delete("/images/" + id + "?force=1").status()).isEqualTo(200);
	}

	@Test
	void badTagIsRefused() throws IOException {
		assertThat(this.server.api().post("/images/young:2/tag?repo=Upper").status()).isEqualTo(400);
		assertThat(this.server.api().post("/images/young:2/tag").status()).isEqualTo(400);
		assertThat(this.server.api().post("/images/nothing/tag?repo=x").status()).isEqualTo(404);
	}

	private Answer load(byte[] archive) throws IOException {
		return this.server.api().send("POST", "/images/load", "application/x-tar", archive);
	}

	private JsonNode list(String filters) throws IOException {
		String body = this.server.api().get("/images/json?filters=" + encode(filters)).body();
		DockerSchema.assertEachValid("ImageSummary", body);
		return JSON.readTree(body);
	}

	private String id(String name) throws IOException {
		return JSON.readTree(this.server.api().get("/images/" + name + "/json").body()).path("Id").asString();
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	@Configuration(proxyBeanMethods = false)
	static class Store {

		@Bean(destroyMethod = "close")
		ImageStore imageStore(CaissonSettings settings) throws IOException {
			Path root = settings.dataRoot();
			java.nio.file.Files.createDirectories(root);
			return ImageStore.open(root);
		}

		/** Nobody listens here. */
		@Bean
		ImageEvents imageEvents() {
			return (action, image, attributes) -> {
			};
		}

		@Bean
		ImagePolicy imagePolicy() {
			return ImagePolicy.NONE;
		}

	}

}
