package dev.caisson.platform.container;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.platform.server.MultiplexedStream;
import dev.caisson.platform.testing.UnixHttp.Answer;
import dev.caisson.platform.testing.UnixHttp.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX }, comparesEachTest = false)
@Timeout(60)
class StreamApiTests {

	private static final String STDIN = ",\"OpenStdin\":true,\"StdinOnce\":true";

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
	void attachedBeforeTheStartMissesNothing() throws IOException {
		String id = service.create("", LifecycleApiTests.command("echo out; echo err >&2"));
		try (Connection client = service.hijack("/containers/" + id + "/attach?stream=1&stdout=1&stderr=1")) {
			assertThat(client.status()).isEqualTo(101);
			assertThat(client.headers()).containsEntry("content-type", "application/vnd.docker.multiplexed-stream");
			service.start(id);
			Frames frames = Frames.of(client.readToEnd());
			assertThat(frames.output()).isEqualTo("out\n");
			assertThat(frames.error()).isEqualTo("err\n");
		}
	}

	@Test
	void streamsThatWereNotAskedForAreLeftOut() throws IOException {
		String id = service.create("", LifecycleApiTests.command("echo out; echo err >&2"));
		try (Connection client = service.hijack("/v1.41/containers/" + id + "/attach?stream=1&stderr=1")) {
			assertThat(client.headers()).containsEntry("content-type", "application/vnd.docker.raw-stream");
			service.start(id);
			Frames frames = Frames.of(client.readToEnd());
			assertThat(frames.output()).isEmpty();
			assertThat(frames.error()).isEqualTo("err\n");
		}
	}

	@Test
	void inputEndsWithTheClientsHalfClose() throws Exception {
		String id = service.create("", "\"Cmd\":[\"cat\"]" + STDIN);
		byte[] data = new byte[3_000_000];
		new Random(1).nextBytes(data);
		try (Connection client = service.hijack("/containers/" + id + "/attach?stream=1&stdin=1&stdout=1&stderr=1")) {
			service.start(id);
			Thread writer = Thread.startVirtualThread(() -> {
				try {
					client.write(ByteBuffer.wrap(data));
					client.closeOutput();
				}
				catch (IOException ex) {
					throw new java.io.UncheckedIOException(ex);
				}
			});
			byte[] answer = Frames.of(client.readToEnd()).outputBytes();
			writer.join();
			assertThat(Arrays.equals(answer, data)).as("what came back").isTrue();
		}
		assertThat(service.waitFor(id)).isZero();
	}

	@Test
	void inputOfAClientThatVanishedEndsToo() throws IOException {
		String id = service.create("", "\"Cmd\":[\"cat\"]" + STDIN);
		try (Connection client = service.hijack("/containers/" + id + "/attach?stream=1&stdin=1&stdout=1")) {
			service.start(id);
			client.write(ByteBuffer.wrap("half a li".getBytes(StandardCharsets.US_ASCII)));
		}
		assertThat(service.waitFor(id)).isZero();
	}

	@Test
	void terminalIsOneRawStreamAndLetsGoByKeys() throws IOException {
		String id = service.create("", "\"Cmd\":[\"sh\"],\"Tty\":true,\"OpenStdin\":true");
		try (Connection client = service.hijack("/containers/" + id + "/attach?stream=1&stdin=1&stdout=1&stderr=1")) {
			assertThat(client.headers()).containsEntry("content-type", "application/vnd.docker.raw-stream");
			service.start(id);
			assertThat(service.post("/containers/" + id + "/resize?h=33&w=77").status()).isEqualTo(200);
			client.write(ByteBuffer.wrap("stty size\n".getBytes(StandardCharsets.US_ASCII)));
			StringBuilder seen = new StringBuilder();
			while (seen.indexOf("33 77") < 0) {
				seen.append((char) client.read());
			}
			client.write(ByteBuffer.wrap(new byte[] { 16, 17 }));
			client.readToEnd();
		}
		assertThat(service.inspect(id).path("State").path("Running").asBoolean()).isTrue();
	}

	@Test
	void attachShowsTheLogFirst() throws IOException {
		String id = service.create("",
				LifecycleApiTests.command("echo before; while ! test -e /go; do sleep 0.02; done; echo after"));
		service.start(id);
		while (!service.get("/containers/" + id + "/logs?stdout=1").body().contains("before")) {
			Thread.onSpinWait();
		}
		try (Connection client = service.hijack("/containers/" + id + "/attach?logs=1&stdout=1&stderr=1")) {
			assertThat(Frames.of(client.readToEnd()).output()).isEqualTo("before\n");
		}
		try (Connection client = service.hijack("/containers/" + id + "/attach?logs=1&stream=1&stdout=1&stderr=1")) {
			int pid = service.inspect(id).path("State").path("Pid").asInt();
			java.nio.file.Files.createFile(java.nio.file.Path.of("/proc/" + pid + "/root/go"));
			assertThat(Frames.of(client.readToEnd()).output()).isEqualTo("before\nafter\n");
		}
	}

	@Test
	void attachToAPausedContainerIsRefused() throws IOException {
		String id = service.create("", "\"Cmd\":[\"sleep\",\"1000\"]");
		service.start(id);
		service.post("/containers/" + id + "/pause");
		try (Connection client = service.hijack("/containers/" + id + "/attach?stream=1&stdout=1")) {
			assertThat(client.status()).isEqualTo(409);
		}
	}

	@Test
	void logIsReadInParts() throws IOException {
		String id = service.create("",
				LifecycleApiTests.command("for i in 1 2 3 4; do echo line $i; done; echo wrong >&2"));
		service.start(id);
		service.waitFor(id);
		Answer all = service.get("/containers/" + id + "/logs?stdout=1&stderr=1");
		assertThat(all.headers().get("content-type")).isEqualTo("application/vnd.docker.multiplexed-stream");
		assertThat(log(id, "stdout=1")).isEqualTo("line 1\nline 2\nline 3\nline 4\n");
		assertThat(log(id, "stderr=1")).isEqualTo("wrong\n");
		assertThat(log(id, "stdout=1&tail=2")).isEqualTo("line 3\nline 4\n");
		assertThat(log(id, "stdout=1&tail=0")).isEmpty();
		assertThat(log(id, "stdout=1&since=4102444800")).isEmpty();
		assertThat(log(id, "stdout=1&until=1")).isEmpty();
		assertThat(log(id, "stdout=1&tail=1&timestamps=1"))
			.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z line 4\n");
	}

	@Test
	void logIsFollowedToTheEnd() throws IOException {
		String id = service.create("", LifecycleApiTests.command("for i in 1 2 3; do echo $i; sleep 0.1; done"));
		service.start(id);
		try (Connection client = service.connect()) {
			client
				.write(ByteBuffer.wrap(("GET /containers/" + id + "/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII)));
			client.readHead();
			assertThat(client.status()).isEqualTo(200);
			assertThat(Frames.of(client.readToEnd()).output()).isEqualTo("1\n2\n3\n");
		}
	}

	/** The leak check of the test class fails if their connections stay. */
	@Test
	void followersWhoVanishLeaveNothing() throws IOException {
		String id = service.create("", "\"Cmd\":[\"sleep\",\"1000\"]");
		service.start(id);
		for (int i = 0; i < 10; i++) {
			try (Connection client = service.connect()) {
				client.write(ByteBuffer
					.wrap(("GET /containers/" + id + "/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: d\r\n\r\n")
						.getBytes(StandardCharsets.US_ASCII)));
				client.readHead();
			}
		}
		assertThat(service.inspect(id).path("State").path("Running").asBoolean()).isTrue();
	}

	/** Docker's client starts a container only when it has the headers. */
	@Test
	void waitAnswersItsHeadersAtOnce() throws IOException {
		String id = service.create("", LifecycleApiTests.command("exit 4"));
		try (Connection client = service.connect()) {
			client.write(ByteBuffer.wrap(("POST /containers/" + id
					+ "/wait?condition=next-exit HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII)));
			client.readHead();
			assertThat(client.status()).isEqualTo(200);
			assertThat(client.headers()).containsEntry("transfer-encoding", "chunked");
			service.start(id);
			assertThat(new String(client.readChunk(), StandardCharsets.US_ASCII)).contains("{\"StatusCode\":4}");
		}
	}

	private static String log(String id, String parameters) throws IOException {
		byte[] body = service.get("/containers/" + id + "/logs?" + parameters).body().getBytes(StandardCharsets.UTF_8);
		Frames frames = Frames.of(body);
		return frames.output() + frames.error();
	}

	/** RFC 6455, section 5.7, has such frames. */
	@Test
	void attachByWebSocketCarriesBothWays() throws IOException {
		String id = service.create("", "\"Cmd\":[\"sh\",\"-c\",\"echo out; cat; echo err >&2\"]" + STDIN);
		try (Connection client = service.connect()) {
			client.write(ByteBuffer.wrap(("GET /containers/" + id
					+ "/attach/ws?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\n"
					+ "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII)));
			client.readHead();
			assertThat(client.status()).isEqualTo(101);
			assertThat(client.headers()).containsEntry("upgrade", "websocket")
				.containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
			service.start(id);
			assertThat(frame(client)).isEqualTo("82 out\n");
			client.write(masked(0x81, "hel"));
			client.write(masked(0x89, "alive?"));
			assertThat(frame(client)).isIn("82 hel", "8a alive?");
			assertThat(frame(client)).isIn("82 hel", "8a alive?");
			client.write(masked(0x82, "lo"));
			assertThat(frame(client)).isEqualTo("82 lo");
			client.write(masked(0x88, ""));
			assertThat(frame(client)).isEqualTo("82 err\n");
			assertThat(frame(client)).startsWith("88 ");
			assertThat(client.read()).isNegative();
		}
		assertThat(service.get("/containers/" + id + "/attach/ws").status()).isEqualTo(400);
	}

	private static ByteBuffer masked(int first, String text) {
		byte[] mask = { 1, 2, 3, 4 };
		byte[] data = text.getBytes(StandardCharsets.UTF_8);
		ByteBuffer frame = ByteBuffer.allocate(6 + data.length).put((byte) first).put((byte) (0x80 | data.length));
		frame.put(mask);
		for (int i = 0; i < data.length; i++) {
			frame.put((byte) (data[i] ^ mask[i % 4]));
		}
		return frame.flip();
	}

	private static String frame(Connection client) throws IOException {
		int first = client.read();
		int length = client.read();
		return Integer.toHexString(first) + " " + new String(client.read(length), StandardCharsets.ISO_8859_1);
	}

	@Test
	void logDetailsAreWhatTheLogOptionsName() throws IOException {
		String id = service.create("", LifecycleApiTests.command("echo line")
				+ ",\"Labels\":{\"a\":\"1,2\",\"hidden\":\"x\"},\"Env\":[\"E=e\"],\"HostConfig\":{\"LogConfig\":"
				+ "{\"Type\":\"local\",\"Config\":{\"max-size\":\"1m\"}}}");
		service.start(id);
		service.waitFor(id);
		assertThat(Frames
			.of(service.get("/containers/" + id + "/logs?stdout=1&details=1").body().getBytes(StandardCharsets.UTF_8))
			.output()).isEqualTo(" line\n");
		assertThat(service.inspect(id).path("LogPath").asString()).isEmpty();
		assertThat(service
			.post("/containers/create",
					ContainerService
						.request("\"HostConfig\":{\"LogConfig\":{\"Type\":\"local\",\"Config\":{\"labels\":\"a\"}}}"))
			.body()).contains("unknown log opt 'labels' for local log driver");
		String named = service.create("",
				LifecycleApiTests.command("echo line")
						+ ",\"Labels\":{\"a\":\"1,2\"},\"Env\":[\"E=e\"],\"HostConfig\":{\"LogConfig\":"
						+ "{\"Type\":\"json-file\",\"Config\":{\"labels\":\"a\",\"env\":\"E\"}}}");
		service.start(named);
		service.waitFor(named);
		assertThat(Frames
			.of(service.get("/containers/" + named + "/logs?stdout=1&details=1")
				.body()
				.getBytes(StandardCharsets.UTF_8))
			.output()).isEqualTo("E=e,a=1%2C2 line\n");
	}

	@Test
	void hundredFollowersCostNoThreadEach() throws Exception {
		List<String> running = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			String id = service.create("",
					LifecycleApiTests.command("echo up; while ! [ -e /go ]; do sleep 0.2; done"));
			service.start(id);
			running.add(id);
		}
		int before = ManagementFactory.getThreadMXBean().getThreadCount();
		List<Connection> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 100; i++) {
				String path = "/containers/" + running.get(i % 10)
						+ ((i < 50) ? "/logs?follow=1&stdout=1" : "/attach?logs=1&stream=1&stdout=1");
				Connection client = service.connect();
				clients.add(client);
				client.write(ByteBuffer.wrap(((i < 50) ? "GET " : "POST ").concat(path)
					.concat(" HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII)));
				client.readHead();
				assertThat(client.read(MultiplexedStream.HEADER + 3))
					.endsWith("up\n".getBytes(StandardCharsets.US_ASCII));
			}
			assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - before).isLessThan(20);
		}
		finally {
			for (Connection client : clients) {
				client.close();
			}
		}
	}

}
