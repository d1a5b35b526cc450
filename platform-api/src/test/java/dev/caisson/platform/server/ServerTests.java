package dev.caisson.platform.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.container.LaunchFailedException;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.platform.testing.DockerSchema;
import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class ServerTests {

	private static RunningServer server;

	@BeforeAll
	static void start() throws IOException {
		server = RunningServer.withoutEngine(List.of(Endpoints.class));
	}

	@AfterAll
	static void stop() throws IOException {
		server.close();
	}

	@ParameterizedTest
	@CsvSource({ "/v1.24/test/version,1.24", "/v1.51/test/version,1.51", "/test/version,1.51" })
	void versionOfThePathReachesTheController(String path, String version) throws IOException {
		assertThat(server.api().get(path).body()).isEqualTo("{\"version\":\"" + version + "\"}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.10", "1.23", "0.9", "1", "1." })
	void olderVersionIsRefused(String version) throws IOException {
		assertRefused(server.api().get("/v" + version + "/test/version"), 400, "client version " + version
				+ " is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.52", "1.99", "2.0", "1.9999999999999999" })
	void newerVersionIsRefused(String version) throws IOException {
		assertRefused(server.api().get("/v" + version + "/test/version"), 400,
				"client version " + version + " is too new. Maximum supported API version is 1.51");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/test/version", "/v1.10/test/version", "/nowhere", "/test/fail/unexpected" })
	void everyAnswerSaysWhoSpeaks(String path) throws IOException {
		Map<String, String> headers = server.api().get(path).headers();
		assertThat(headers).containsEntry("api-version", "1.51")
			.containsEntry("docker-experimental", "false")
			.containsEntry("ostype", "linux")
			.hasEntrySatisfying("server", (value) -> assertThat(value).matches("Caisson/\\S+ \\(linux\\)"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nowhere", "/v1.41/nowhere", "/v1.41", "/v1.41/", "/test/body", "/vx/test/version" })
	void unknownPathOrMethodIsPageNotFound(String path) throws IOException {
		assertRefused(server.api().get(path), 404, "page not found");
	}

	@ParameterizedTest
	@CsvSource({ "known,409,in use", "invalid,400,'minimum memory limit allowed is 6MB'", "notexecutable,400,exec",
			"launch,500,mount", "unexpected,500,boom" })
	void errorsAreMappedToStatusAndMessage(String kind, int status, String message) throws IOException {
		assertRefused(server.api().get("/test/fail/" + kind), status, message);
	}

	@Test
	void notModifiedHasNoBody() throws IOException {
		Answer answer = server.api().get("/test/fail/unchanged");
		assertThat(answer.status()).isEqualTo(304);
		assertThat(answer.headers()).doesNotContainKey("content-type");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "{\"Name\":}", "{\"Name\":{}}", "[]", "nonsense", "" })
	void malformedJsonIsRefused(String body) throws IOException {
		Answer answer = server.api().post("/test/body", body);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.body()).startsWith("{\"message\":\"invalid JSON: ").doesNotContain("dev.caisson");
	}

	@Test
	void fieldsAreKnownInAnyCaseAndUnknownOnesIgnored() throws IOException {
		assertThat(server.api().post("/test/body", "{\"name\":\"x\",\"Other\":1}").body())
			.isEqualTo("{\"Name\":\"x\"}");
	}

	@Test
	void bodyThatIsNotJsonIsRefused() throws IOException {
		Answer answer = server.api().send("POST", "/test/body", "text/plain", "{}".getBytes(StandardCharsets.UTF_8));
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.body()).contains("unsupported Content-Type header (text/plain").contains("application/json");
	}

	@Test
	void missingOrMalformedParameterIsRefused() throws IOException {
		assertThat(server.api().get("/test/number").status()).isEqualTo(400);
		Answer answer = server.api().get("/test/number?n=x");
		assertRefused(answer, 400, "invalid value for parameter n: x");
	}

	@Test
	void largeJsonIsRefusedUnread() throws IOException {
		try (Connection connection = server.api().connect()) {
			connection.write(ascii("POST /test/body HTTP/1.1\r\nHost: docker\r\n"
					+ "Content-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{"));
			assertRefused(connection.answer(true), 413, "request body is larger than 4 MB");
		}
	}

	@Test
	void largeJsonWithoutALengthIsRefusedAtTheLimit() throws IOException {
		try (Connection connection = server.api().connect()) {
			connection.write(ascii("POST /test/body HTTP/1.1\r\nHost: docker\r\n"
					+ "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
			byte[] spaces = new byte[1024 * 1024];
			java.util.Arrays.fill(spaces, (byte) ' ');
			for (int i = 0; i < 4; i++) {
				connection.write(ascii("100000\r\n"));
				connection.write(ByteBuffer.wrap(spaces));
				connection.write(ascii("\r\n"));
			}
			connection.write(ascii("1\r\n \r\n0\r\n\r\n"));
			assertRefused(connection.answer(true), 413, "request body is larger than 4 MB");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/images/a/b/json", "/images/a%2Fb/json", "/v1.40/images/a/b/json" })
	void imageNamesMayHaveSlashes(String path) throws IOException {
		assertThat(server.api().get(path).body()).isEqualTo("{\"name\":\"a/b\"}");
	}

	@Test
	void slashesOfAnImageNameAreFoundByTheMethod() throws IOException {
		assertThat(server.api().delete("/images/localhost:5000/a/json").body())
			.isEqualTo("{\"deleted\":\"localhost:5000/a/json\"}");
	}

	@Test
	void anyAcceptHeaderGetsJson() throws IOException {
		try (Connection connection = server.api().connect()) {
			connection.write(ascii("GET /test/version HTTP/1.1\r\nHost: docker\r\nAccept: application/x-tar\r\n\r\n"));
			Answer answer = connection.answer(true);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.headers()).containsEntry("content-type", "application/json");
		}
	}

	@Test
	void socketIsForRootAndItsGroup() throws IOException {
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket())))
			.isEqualTo("rw-rw----");
	}

	@Test
	void socketOfALiveProcessIsRefused() {
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> UnixConnector.makeWay(server.socket()))
			.withMessageContaining("is served by a running process");
		assertThat(server.socket()).exists();
	}

	@Test
	void socketOfADeadProcessIsReplaced(@TempDir Path directory) throws IOException {
		Path path = directory.resolve("dead.sock");
		java.nio.channels.ServerSocketChannel dead = java.nio.channels.ServerSocketChannel
			.open(java.net.StandardProtocolFamily.UNIX);
		dead.bind(java.net.UnixDomainSocketAddress.of(path));
		dead.close();
		assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
		UnixConnector.makeWay(path);
		assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isFalse();
	}

	@Test
	void fileThatIsNoSocketIsLeftAlone(@TempDir Path directory) throws IOException {
		Path path = Files.writeString(directory.resolve("file"), "precious");
		assertThatExceptionOfType(StartRefusedException.class).isThrownBy(() -> UnixConnector.makeWay(path))
			.withMessageContaining("is not a socket");
		assertThat(path).hasContent("precious");
	}

	private static void assertRefused(Answer answer, int status, String message) {
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.headers()).containsEntry("content-type", "application/json");
		DockerSchema.assertValid("ErrorResponse", answer.body());
		assertThat(answer.body()).isEqualTo("{\"message\":\"" + message + "\"}");
	}

	private static ByteBuffer ascii(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
	}

	/** A body as Docker spells its fields. */
	record Body(@com.fasterxml.jackson.annotation.JsonProperty("Name") String name) {
	}

	/** In use. */
	static final class InUseException extends ApiException {

		private static final long serialVersionUID = 1L;

		InUseException() {
			super(409, "in use");
		}

	}

	@RestController
	static final class Endpoints {

		@GetMapping("/test/version")
		Map<String, String> version(ApiVersion version) {
			return Map.of("version", version.toString());
		}

		@GetMapping("/test/number")
		Map<String, Integer> number(@RequestParam int n) {
			return Map.of("n", n);
		}

		@PostMapping("/test/body")
		Body body(@RequestBody Body body) {
			return body;
		}

		@GetMapping("/images/{name}/json")
		Map<String, String> image(@PathVariable String name) {
			return Map.of("name", name);
		}

		@RequestMapping(path = "/images/{name}", method = RequestMethod.DELETE)
		Map<String, String> deleteImage(@PathVariable String name) {
			return Map.of("deleted", name);
		}

		@GetMapping("/test/fail/{kind}")
		void fail(@PathVariable String kind) {
			throw switch (kind) {
				case "known" -> new InUseException();
				case "unchanged" -> new NotModifiedException("running already");
				case "invalid" -> new InvalidSpecException("HostConfig.Memory", "minimum memory limit allowed is 6MB");
				case "notexecutable" -> new LaunchFailedException(126, "exec");
				case "launch" -> new LaunchFailedException(128, "mount");
				default -> new IllegalStateException("boom");
			};
		}

	}

}
