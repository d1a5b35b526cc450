package dev.caisson.platform.image.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.trust.ImagePolicy;
import dev.caisson.engine.image.trust.ImageRefusedException;
import dev.caisson.engine.testing.DockerRegistry;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.image.trust.ImageTrust;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.ImageArchive;
import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Pull, push and login by Docker's own API against a real registry with a password. */
@KernelTest
@Timeout(120)
class RegistryEndpointTests {

	private static final JsonMapper JSON = new JsonMapper();

	private RunningServer server;

	private DockerRegistry registry;

	@BeforeEach
	void start() throws IOException {
		this.server = RunningServer.withoutEngine(List.of(Store.class, ImageTrust.class, RegistryConfiguration.class,
				PullController.class, PushController.class, RegistryController.class));
		this.registry = DockerRegistry.withPassword(this.server.directory().resolve("registry"));
	}

	@AfterEach
	void stop() throws IOException {
		this.registry.close();
		this.server.close();
	}

	private ImageStore images() {
		return this.server.bean(ImageStore.class);
	}

	private Image load(String tag) throws IOException {
		byte[] archive = ImageArchive.of(tag, "2024-01-01T00:00:00Z", "content", Map.of());
		return images().load(new java.io.ByteArrayInputStream(archive), (event) -> {
		}).getFirst();
	}

	private static String auth(String password) {
		String json = "{\"username\":\"alice\",\"password\":\"" + password + "\",\"serveraddress\":\"any\"}";
		return Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

	private Answer post(String path, String auth) throws IOException {
		return this.server.api().send("POST", path, Map.of("X-Registry-Auth", auth));
	}

	@Test
	void pushedImageComesBackWithDockersWords() throws IOException {
		String name = this.registry.domain() + "/team/a";
		Image image = load(name + ":1");
		String pushed = post("/images/" + name + "/push?tag=1", auth("secret")).body();
		assertThat(pushed).contains("The push refers to repository [" + name + "]", "\"status\":\"Pushed\"",
				"\"status\":\"1: digest: sha256:", "\"aux\":{");
		images().remove(name + ":1", true);
		String pulled = post("/images/create?fromImage=" + name + "&tag=1", auth("secret")).body();
		assertThat(pulled).contains("\"status\":\"Pulling from " + name + "\"", "\"status\":\"Download complete\"",
				"\"status\":\"Pull complete\"", "\"status\":\"Digest: sha256:",
				"\"status\":\"Status: Downloaded newer image for " + name + ":1\"");
		pulled.lines().forEach((line) -> assertThat(JSON.readTree(line).isObject()).isTrue());
		assertThat(images().find(name + ":1").id()).isEqualTo(image.id());
		assertThat(post("/images/create?fromImage=" + name + ":1", auth("secret")).body()).contains("Already exists",
				"Status: Image is up to date for " + name + ":1");
	}

	@Test
	void whatCannotBeHadIsRefusedBeforeAnythingIsSent() throws IOException {
		String name = this.registry.domain() + "/none";
		Answer unknown = post("/images/create?fromImage=" + name + "&tag=1", auth("secret"));
		assertThat(unknown.status()).isEqualTo(404);
		assertThat(unknown.body()).contains("manifest for " + name + ":1 not found: manifest unknown");
		Answer denied = post("/images/create?fromImage=" + name + "&tag=1", auth("wrong"));
		assertThat(denied.status()).isEqualTo(404);
		assertThat(denied.body()).contains("pull access denied for " + name, "docker login");
		assertThat(post("/images/" + name + "/push?tag=1", auth("secret")).status()).isEqualTo(404);
		assertThat(post("/images/create?fromImage=" + name + "&platform=a/b/c/d", "").status()).isEqualTo(400);
		assertThat(post("/images/create?fromImage=" + name, "no base64 !").status()).isEqualTo(400);
		assertThat(this.server.api().get("/images/search?term=a").status()).isEqualTo(501);
	}

	@Test
	void loginTellsRightPasswordsFromWrongOnes() throws IOException {
		String body = "{\"username\":\"alice\",\"password\":\"%s\",\"serveraddress\":\"" + this.registry.domain()
				+ "\"}";
		Answer right = this.server.api().post("/auth", body.formatted("secret"));
		assertThat(right.status()).isEqualTo(200);
		assertThat(right.body()).contains("Login Succeeded");
		Answer wrong = this.server.api().post("/auth", body.formatted("wrong"));
		assertThat(wrong.status()).isEqualTo(401);
		DockerSchema.assertValid("ErrorResponse", wrong.body());
	}

	@Test
	void distributionTellsWhatTheRegistryHas() throws IOException {
		String name = this.registry.domain() + "/a";
		load(name + ":1");
		post("/images/" + name + "/push?tag=1", auth("secret"));
		Answer answer = this.server.api()
			.send("GET", "/distribution/" + name + ":1/json", Map.of("X-Registry-Auth", auth("secret")));
		DockerSchema.assertValid("DistributionInspect", answer.body());
		JsonNode json = JSON.readTree(answer.body());
		assertThat(json.at("/Descriptor/digest").asString())
			.isEqualTo(images().find(name + ":1").digests().getFirst().digest().toString());
		assertThat(json.at("/Platforms/0/os").asString()).isEqualTo("linux");
	}

	@Test
	void imageThatWasChangedOnDiskIsRefused() throws Exception {
		Image image = load("a:1");
		ImageTrust trust = this.server.bean(ImageTrust.class);
		Path file = images().layers(image.id()).getFirst().resolve("file");
		// a layer has its seal when it is on disk
		for (long end = System.nanoTime() + 30_000_000_000L; Files
			.readString(this.server.directory().resolve("data/images.json"))
			.matches("(?s).*\"unsettled\":\"[^\"].*");) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(20);
		}
		assertThat(trust.damagedLayers(image)).isEmpty();
		Files.setLastModifiedTime(file, Files.getLastModifiedTime(file));
		assertThat(trust.damagedLayers(image)).isEmpty();
		Files.setAttribute(file, "unix:mode", 0104755);
		assertThat(trust.damagedLayers(image)).hasSize(1);
		Files.setAttribute(file, "unix:mode", 0100644);
		assertThat(trust.damagedLayers(image)).isEmpty();
		Files.writeString(file, "CONTENT");
		assertThat(trust.damagedLayers(image)).hasSize(1);
		assertThatExceptionOfType(ImageRefusedException.class).isThrownBy(() -> trust.admit(image))
			.withMessageContaining("was changed on disk");
	}

	@Configuration(proxyBeanMethods = false)
	static class Store {

		@Bean(destroyMethod = "close")
		ImageStore imageStore(CaissonSettings settings) throws IOException {
			return ImageStore.open(Files.createDirectories(settings.dataRoot()));
		}

		@Bean
		ImagePolicy imagePolicy() {
			return ImagePolicy.NONE;
		}

	}

}
