package dev.caisson.platform.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.caisson.platform.testing.RunningServer;
import dev.caisson.platform.testing.UnixHttp;
import dev.caisson.platform.testing.UnixHttp.Connection;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class HijackTests {

	private static final int MEGABYTE = 1024 * 1024;

	private static RunningServer server;

	@BeforeAll
	static void start() throws IOException {
		server = RunningServer.withoutEngine(List.of(Endpoints.class));
	}

	@AfterAll
	static void stop() throws IOException {
		server.close();
	}

	@Test
	void hijackWithUpgradeAnswers101WithContentType() throws IOException {
		try (Connection connection = server.api().hijack("/test/echo", true)) {
			assertThat(connection.status()).isEqualTo(101);
			assertThat(connection.headers()).containsEntry("content-type", Hijack.MULTIPLEXED_STREAM)
				.containsEntry("connection", "Upgrade")
				.containsEntry("upgrade", "tcp")
				.containsEntry("api-version", "1.51")
				.doesNotContainKey("content-length")
				.doesNotContainKey("transfer-encoding");
			assertThat(echo(connection, "hello")).isEqualTo("hello");
		}
	}

	@Test
	void hijackWithoutUpgradeAnswers200AndRawBytes() throws IOException {
		try (Connection connection = server.api().hijack("/v1.41/test/echo", false)) {
			assertThat(connection.status()).isEqualTo(200);
			assertThat(connection.headers()).containsEntry("content-type", Hijack.RAW_STREAM)
				.doesNotContainKey("content-length")
				.doesNotContainKey("transfer-encoding");
			assertThat(echo(connection, "hello")).isEqualTo("hello");
		}
	}

	@Test
	void bytesSentWithTheRequestAreNotLost() throws IOException {
		try (Connection connection = server.api().connect()) {
			connection.write(bytes("POST /test/echo HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n"
					+ "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly bird"));
			connection.closeOutput();
			connection.readHead();
			assertThat(new String(connection.readToEnd(), StandardCharsets.UTF_8)).isEqualTo("early bird");
		}
	}

	@Test
	void manyMegabytesGoBothWaysAtOnceUntilTheClientHalfCloses() throws Exception {
		try (Connection connection = server.api().hijack("/test/echo", true);
				ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<String> sent = threads.submit(() -> sendRandom(connection, 64));
			Future<String> received = threads.submit(() -> digestOfRest(connection));
			assertThat(received.get(50, TimeUnit.SECONDS)).isEqualTo(sent.get(50, TimeUnit.SECONDS));
		}
	}

	@Test
	void clientMaySendAfterTheServerHalfCloses() throws Exception {
		try (Connection connection = server.api().hijack("/test/sink", true)) {
			assertThat(connection.readToEnd()).isEmpty();
			connection.write(ByteBuffer.allocate(MEGABYTE));
			connection.closeOutput();
			assertThat(Endpoints.sunk.get(10, TimeUnit.SECONDS)).isEqualTo(MEGABYTE);
		}
	}

	@Test
	void fiftyConnectionsAtOnceAreServed() throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			Callable<Boolean> exchange = () -> {
				try (Connection connection = server.api().hijack("/test/echo", true)) {
					Future<String> sent = threads.submit(() -> sendRandom(connection, 1));
					return digestOfRest(connection).equals(sent.get());
				}
			};
			for (Future<Boolean> result : threads.invokeAll(java.util.Collections.nCopies(50, exchange))) {
				assertThat(result.get()).isTrue();
			}
		}
	}

	@Test
	void clientsThatVanishLeaveNothing() throws Exception {
		long before = sockets();
		List<Connection> open = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			open.add(server.api().hijack((i % 2 == 0) ? "/test/echo" : "/test/chatter", true));
		}
		for (Connection connection : open) {
			connection.close();
		}
		assertEventually(() -> Endpoints.running.get() == 0);
		assertEventually(() -> sockets() <= before);
	}

	@Test
	void clientThatHalfClosesIsNotGoneAndOneThatClosesIs() throws Exception {
		long before = sockets();
		try (Connection connection = server.api().hijack("/test/silent", true)) {
			connection.closeOutput();
			assertThat(Endpoints.gone.isDone()).isFalse();
			Thread.sleep(200);
			assertThat(Endpoints.gone.isDone()).isFalse();
		}
		assertThat(Endpoints.gone.get(10, TimeUnit.SECONDS)).isTrue();
		assertEventually(() -> sockets() <= before);
	}

	@Test
	void requestLearnsThatItsClientHasGone() throws Exception {
		long before = sockets();
		try (Connection connection = server.api().connect()) {
			connection.write(bytes("POST /test/waiting HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n"));
			connection.readHead();
			assertThat(Endpoints.waiterGone.isDone()).isFalse();
		}
		assertThat(Endpoints.waiterGone.get(10, TimeUnit.SECONDS)).isTrue();
		assertEventually(() -> sockets() <= before);
	}

	@Test
	void closeByAnotherThreadEndsABlockedRead() throws Exception {
		long before = sockets();
		try (Connection connection = server.api().hijack("/test/closed-by-another", true)) {
			assertThat(connection.readToEnd()).isEmpty();
			assertThat(Endpoints.blockedReadReturned.get(10, TimeUnit.SECONDS)).isTrue();
		}
		assertEventually(() -> sockets() <= before);
	}

	@Test
	void closeByAnotherThreadEndsABlockedWrite() throws Exception {
		long before = sockets();
		try (Connection connection = server.api().hijack("/test/unread", true)) {
			assertThat(connection.status()).isEqualTo(101);
			assertThat(Endpoints.blockedWriteReturned.get(10, TimeUnit.SECONDS)).isTrue();
		}
		assertEventually(() -> sockets() <= before);
	}

	@Test
	void errorBeforeTheAnswerIsAnOrdinaryAnswer() throws IOException {
		UnixHttp.Answer answer = server.api().post("/test/refused");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.body()).isEqualTo("{\"message\":\"not now\"}");
	}

	@Test
	void framesAreMarkedWithStreamAndLength() throws IOException {
		try (Connection connection = server.api().hijack("/test/frames", true)) {
			assertThat(connection.readToEnd()).containsExactly(1, 0, 0, 0, 0, 0, 0, 3, 'o', 'u', 't', 2, 0, 0, 0, 0, 0,
					0, 3, 'e', 'r', 'r');
		}
	}

	private static String echo(Connection connection, String text) throws IOException {
		connection.write(bytes(text));
		connection.closeOutput();
		return new String(connection.readToEnd(), StandardCharsets.UTF_8);
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String sendRandom(Connection connection, int megabytes) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		byte[] block = new byte[MEGABYTE];
		Random random = new Random(megabytes);
		for (int i = 0; i < megabytes; i++) {
			random.nextBytes(block);
			digest.update(block);
			connection.write(ByteBuffer.wrap(block));
		}
		connection.closeOutput();
		return java.util.HexFormat.of().formatHex(digest.digest());
	}

	private static String digestOfRest(Connection connection) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		for (int next = connection.read(); next >= 0; next = connection.read()) {
			digest.update((byte) next);
		}
		return java.util.HexFormat.of().formatHex(digest.digest());
	}

	private static long sockets() throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter(HijackTests::isSocket).count();
		}
	}

	private static boolean isSocket(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void assertEventually(Callable<Boolean> condition) throws Exception {
		long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
		while (!condition.call() && System.nanoTime() < end) {
			Thread.sleep(20);
		}
		assertThat(condition.call()).isTrue();
	}

	@RestController
	static final class Endpoints {

		static final AtomicInteger running = new AtomicInteger();

		static final CompletableFuture<Long> sunk = new CompletableFuture<>();

		static final CompletableFuture<Boolean> blockedReadReturned = new CompletableFuture<>();

		static final CompletableFuture<Boolean> blockedWriteReturned = new CompletableFuture<>();

		static final CompletableFuture<Boolean> gone = new CompletableFuture<>();

		static final CompletableFuture<Boolean> waiterGone = new CompletableFuture<>();

		@PostMapping("/test/silent")
		void silent(HttpServletRequest request, HttpServletResponse response) throws IOException {
			Hijack.start(request, response, Hijack.RAW_STREAM, new HijackHandler() {

				private final CompletableFuture<Boolean> early = new CompletableFuture<>();

				@Override
				public void beforeAnswer(HijackedStream stream) {
					stream.whenGone(() -> this.early.complete(true));
				}

				@Override
				public void run(HijackedStream stream) {
					stream.whenGone(() -> gone.complete(this.early.join()));
					gone.join();
				}

			});
		}

		@PostMapping("/test/waiting")
		void waiting(HttpServletRequest request, HttpServletResponse response) throws IOException {
			try (ClientWatch.Watch watch = ClientWatch.start(request, () -> waiterGone.complete(true))) {
				assertThat(watch).isNotNull();
				response.setContentType("application/json");
				response.flushBuffer();
				waiterGone.join();
			}
		}

		@PostMapping("/test/echo")
		void echo(HttpServletRequest request, HttpServletResponse response, ApiVersion version) throws IOException {
			Hijack.start(request, response, Hijack.contentType(version, false), (stream) -> {
				running.incrementAndGet();
				try {
					copy(stream);
				}
				finally {
					running.decrementAndGet();
				}
			});
		}

		private static void copy(HijackedStream stream) throws IOException {
			ByteBuffer buffer = ByteBuffer.allocate(32 * 1024);
			while (stream.read(buffer.clear()) >= 0) {
				stream.write(buffer.flip());
			}
		}

		@PostMapping("/test/chatter")
		void chatter(HttpServletRequest request, HttpServletResponse response) throws IOException {
			Hijack.start(request, response, Hijack.RAW_STREAM, (stream) -> {
				running.incrementAndGet();
				try {
					while (true) {
						stream.write(ByteBuffer.allocate(1024));
					}
				}
				finally {
					running.decrementAndGet();
				}
			});
		}

		@PostMapping("/test/sink")
		void sink(HttpServletRequest request, HttpServletResponse response) throws IOException {
			Hijack.start(request, response, Hijack.RAW_STREAM, (stream) -> {
				stream.closeOutput();
				ByteBuffer buffer = ByteBuffer.allocate(32 * 1024);
				long total = 0;
				for (int count = 0; count >= 0; count = stream.read(buffer.clear())) {
					total += count;
				}
				sunk.complete(total);
			});
		}

		@PostMapping("/test/closed-by-another")
		void closedByAnother(HttpServletRequest request, HttpServletResponse response) throws IOException {
			Hijack.start(request, response, Hijack.RAW_STREAM, (stream) -> {
				Thread.ofVirtual().start(() -> blockedReadReturned.complete(readReturns(stream)));
				sleep(300);
			});
		}

		private static boolean readReturns(HijackedStream stream) {
			try {
				return stream.read(ByteBuffer.allocate(1)) < 0;
			}
			catch (IOException ex) {
				return true;
			}
		}

		@PostMapping("/test/unread")
		void unread(HttpServletRequest request, HttpServletResponse response) throws IOException {
			Hijack.start(request, response, Hijack.RAW_STREAM, (stream) -> {
				Thread.ofVirtual().start(() -> blockedWriteReturned.complete(writeReturns(stream)));
				sleep(300);
			});
		}

		private static boolean writeReturns(HijackedStream stream) {
			try {
				stream.write(ByteBuffer.allocate(64 * MEGABYTE));
				return false;
			}
			catch (IOException ex) {
				return true;
			}
		}

		private static void sleep(int millis) {
			try {
				Thread.sleep(millis);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@PostMapping("/test/refused")
		void refused(HttpServletRequest request, HttpServletResponse response) throws IOException {
			Hijack.start(request, response, Hijack.RAW_STREAM, new HijackHandler() {

				@Override
				public void beforeAnswer(HijackedStream stream) {
					throw new BadParameterException("not now");
				}

				@Override
				public void run(HijackedStream stream) {
					throw new AssertionError("nothing was taken over");
				}

			});
		}

		@PostMapping("/test/frames")
		void frames(HttpServletRequest request, HttpServletResponse response) throws IOException {
			Hijack.start(request, response, Hijack.MULTIPLEXED_STREAM, new HijackHandler() {

				private @Nullable Thread writer;

				@Override
				public void beforeAnswer(HijackedStream stream) {
					this.writer = Thread.ofVirtual().start(() -> frames(stream));
				}

				@Override
				public void run(HijackedStream stream) {
					try {
						this.writer.join();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				}

			});
		}

		private static void frames(HijackedStream stream) {
			try {
				MultiplexedStream frames = new MultiplexedStream(stream);
				frames.write(1, bytes("out"));
				frames.write(2, bytes("err"));
			}
			catch (IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
		}

	}

}
