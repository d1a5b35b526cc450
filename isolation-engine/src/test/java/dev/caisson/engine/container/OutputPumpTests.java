package dev.caisson.engine.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.ContainerId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Output from plain pipes to the log and to those who are attached. */
@Timeout(60)
class OutputPumpTests {

	private static final LogQuery ALL = new LogQuery(true, true, null, null, -1, false);

	@TempDir
	Path directory;

	private ContainerDirectory place;

	private EventLoop loop;

	private final PumpBuffers buffers = new PumpBuffers();

	private final Audience audience = new Audience(4 << 20, Duration.ofMillis(500));

	private final Fd[][] pipes = new Fd[3][];

	private LogFiles log;

	private OutputPump pump;

	private CompletableFuture<Void> drained;

	@BeforeEach
	void open() throws IOException {
		this.loop = new EventLoop("test-loop");
		this.place = new ContainerDirectory(ContainerId.random(), this.directory, this.directory);
		for (int stream = 1; stream <= 2; stream++) {
			this.pipes[stream] = Fd.pipe(0, "stream " + stream);
			EventLoop.setNonBlocking(this.pipes[stream][0]);
		}
	}

	@AfterEach
	void close() {
		onLoop(() -> {
			if (this.pump != null) {
				this.pump.letGo();
			}
		});
		for (int stream = 1; stream <= 2; stream++) {
			this.pipes[stream][0].close();
			this.pipes[stream][1].close();
		}
		this.loop.close();
	}

	@Test
	void linesOfBothStreamsAreLogged() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "one\n");
		write(2, "two\n");
		write(1, "three");
		awaitLogged("two\n");
		write(1, " four\nfive");
		finish();
		assertThat(text(1)).isEqualTo("one\nthree four\nfive");
		assertThat(text(2)).isEqualTo("two\n");
		assertThat(lines()).extracting((line) -> new String(line.text(), StandardCharsets.UTF_8))
			.contains("one\n", "three four\n", "five", "two\n");
	}

	@Test
	void silentStreamsMakeNoFiles() throws Exception {
		begin(LogSettings.DEFAULT);
		finish();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void randomBytesComeBackAsTheyWere() throws Exception {
		byte[] bytes = new byte[3 << 20];
		new Random(7).nextBytes(bytes);
		begin(LogSettings.DEFAULT);
		RecordingSink sink = attach(new RecordingSink());
		write(1, bytes);
		finish();
		assertThat(bytes(1)).isEqualTo(bytes);
		sink.awaitEnd();
		assertThat(sink.bytes(1)).isEqualTo(bytes);
	}

	@Test
	void longLinesAreNeitherLostNorJoined() throws Exception {
		begin(LogSettings.DEFAULT);
		StringBuilder all = new StringBuilder();
		for (int length : new int[] { 0, 1, 16383, 16384, 16385, 32767, 32768, 40000, 300_000, 1 }) {
			all.append("x".repeat(length)).append('\n');
			write(1, "x".repeat(length) + "\n");
		}
		finish();
		assertThat(text(1)).isEqualTo(all.toString());
		assertThat(lines()).allSatisfy((line) -> assertThat(line.text()).hasSizeLessThanOrEqualTo(16384));
	}

	@Test
	void filesAreRotatedAndReadInOrder() throws Exception {
		begin(new LogSettings(10_000, 4));
		String line = "0123456789".repeat(10) + " ";
		for (int i = 0; i < 1000; i++) {
			write(1, line + i + "\n");
		}
		finish();
		String name = this.place.log().getFileName().toString();
		try (var files = Files.list(this.directory)) {
			assertThat(files.map((file) -> file.getFileName().toString()).filter((file) -> file.startsWith(name)))
				.containsExactlyInAnyOrder(name, name + ".1", name + ".2", name + ".3");
		}
		for (int i = 1; i <= 3; i++) {
			assertThat(Files.size(this.directory.resolve(name + "." + i))).isBetween(10_000L, 10_300L);
		}
		List<String> kept = lines().stream().map((each) -> new String(each.text(), StandardCharsets.UTF_8)).toList();
		assertThat(kept).hasSizeGreaterThan(150);
		for (int i = 0; i < kept.size(); i++) {
			assertThat(kept.get(i)).isEqualTo(line + (1000 - kept.size() + i) + "\n");
		}
	}

	@Test
	void onlyFileIsBegunAnewWhenItIsFull() throws Exception {
		begin(new LogSettings(5000, 1));
		for (int i = 0; i < 500; i++) {
			write(1, "line " + i + "\n");
		}
		finish();
		assertThat(Files.size(this.place.log())).isLessThan(5100);
		assertThat(text(1)).endsWith("line 499\n");
	}

	@Test
	void tailCountsLinesFromBehindAcrossFiles() throws Exception {
		begin(new LogSettings(2000, 5));
		for (int i = 0; i < 60; i++) {
			write((i % 2) + 1, "line " + i + "\n");
			awaitLogged("line " + i + "\n");
		}
		finish();
		assertThat(read(new LogQuery(true, true, null, null, 3, false))).isEqualTo("line 57\nline 58\nline 59\n");
		assertThat(read(new LogQuery(true, false, null, null, 2, false))).isEqualTo("line 56\nline 58\n");
		assertThat(read(new LogQuery(true, true, null, null, 0, false))).isEmpty();
		assertThat(read(new LogQuery(true, true, null, null, 45, false)).lines()).hasSize(45);
		assertThat(read(new LogQuery(true, true, null, null, 10_000, false))).isEqualTo(read(ALL));
	}

	@Test
	void tailTakesLongLinesWhole() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "first\n" + "y".repeat(50_000) + "\nlast");
		finish();
		assertThat(read(new LogQuery(true, true, null, null, 2, false))).isEqualTo("y".repeat(50_000) + "\nlast");
	}

	@Test
	void sinceAndUntilBoundTheTime() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "early\n");
		awaitLogged("early\n");
		Thread.sleep(5);
		Instant middle = Instant.now();
		Thread.sleep(5);
		write(1, "late\n");
		finish();
		assertThat(read(new LogQuery(true, true, middle, null, -1, false))).isEqualTo("late\n");
		assertThat(read(new LogQuery(true, true, null, middle, -1, false))).isEqualTo("early\n");
		assertThat(read(new LogQuery(true, true, null, middle, 1, false))).isEqualTo("early\n");
	}

	@Test
	void followersReadOnWhileFilesAreRotated() throws Exception {
		begin(new LogSettings(3000, 3));
		CompletableFuture<String> all = new CompletableFuture<>();
		CompletableFuture<String> fromNow = new CompletableFuture<>();
		follow(-1, all);
		write(1, "before\n");
		awaitLogged("before\n");
		follow(0, fromNow);
		Thread.sleep(200);
		StringBuilder expected = new StringBuilder();
		for (int i = 0; i < 300; i++) {
			expected.append("line ").append(i).append('\n');
			write(1, "line " + i + "\n");
			// slow enough for a follower not to be overtaken by the oldest file's removal
			Thread.sleep(2);
		}
		finish();
		assertThat(fromNow.get(10, TimeUnit.SECONDS)).isEqualTo(expected.toString());
		assertThat(all.get(10, TimeUnit.SECONDS)).isEqualTo("before\n" + expected);
	}

	@Test
	void followWithUntilEndsInTime() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "now\n");
		awaitLogged("now\n");
		long begin = System.nanoTime();
		assertThat(read(new LogQuery(true, true, null, Instant.now().plusMillis(200), -1, true))).isEqualTo("now\n");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(150),
				Duration.ofSeconds(5));
	}

	@Test
	void damagedEntriesArePassedOver() throws Exception {
		Files.writeString(this.place.log(), """
				{"log":"good\\n","stream":"stdout","attrs":{"a":"b"},"time":"2026-01-02T03:04:05Z"}
				\0\0\0\0
				{"log":"half""");
		begin(LogSettings.DEFAULT);
		write(1, "new\n");
		finish();
		assertThat(text(1)).isEqualTo("good\nnew\n");
	}

	@Test
	void sinkThatBlocksDelaysNobodyAndGetsEverythingInTheEnd() throws Exception {
		begin(LogSettings.DEFAULT);
		CountDownLatch gate = new CountDownLatch(1);
		RecordingSink slow = attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				pass(gate);
				super.output(stream, data);
			}
		});
		RecordingSink fast = attach(new RecordingSink());
		byte[] data = "0123456789abcde\n".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		finish();
		fast.awaitEnd();
		assertThat(fast.bytes(1)).isEqualTo(data);
		assertThat(slow.hasEnded()).isFalse();
		gate.countDown();
		slow.awaitEnd();
		assertThat(slow.bytes(1)).isEqualTo(data);
	}

	@Test
	void sinkThatNeverReadsIsCutOffAndTheRestGoesOn() throws Exception {
		begin(LogSettings.DEFAULT);
		CountDownLatch gate = new CountDownLatch(1);
		RecordingSink stuck = attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				pass(gate);
			}
		});
		byte[] data = "0123456789abcde\n".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		finish();
		assertThat(bytes(1)).isEqualTo(data);
		gate.countDown();
		stuck.awaitEnd();
	}

	@Test
	void sinkThatReadsSlowlyIsWaitedForBeyondTheLimit() throws Exception {
		begin(LogSettings.DEFAULT);
		RecordingSink slow = attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				super.output(stream, data);
				java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
			}
		});
		byte[] data = "0123456789abcde\n".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		finish();
		slow.awaitEnd();
		assertThat(slow.bytes(1)).hasSameSizeAs(data).isEqualTo(data);
	}

	@Test
	void sinkThatThrowsIsForgotten() throws Exception {
		begin(LogSettings.DEFAULT);
		attach(new RecordingSink() {
			@Override
			public synchronized void output(int stream, ByteBuffer data) {
				throw new IllegalStateException("gone");
			}
		}).getClass();
		write(1, "x\n");
		finish();
		assertThat(text(1)).isEqualTo("x\n");
	}

	@Test
	void spoolDoesNotKeepWhatAllHaveRead() throws Exception {
		begin(LogSettings.DEFAULT);
		byte[] data = "0123456789abcde\n".repeat(2 << 20).getBytes(StandardCharsets.US_ASCII);
		write(1, data);
		awaitLoggedBytes(data.length);
		Path spool = this.place.spool(1);
		assertThat(Files.size(spool)).isEqualTo(data.length);
		// st_blocks counts units of 512 bytes
		Process stat = new ProcessBuilder("stat", "-c", "%b", spool.toString()).start();
		long blocks = Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
		assertThat(blocks * 512).isLessThan(3 << 20);
		finish();
	}

	@Test
	void abandonedStreamsLogWhatThereIs() throws Exception {
		begin(LogSettings.DEFAULT);
		write(1, "no newline");
		onLoop(this.pump::abandon);
		this.drained.get(5, TimeUnit.SECONDS);
		assertThat(text(1)).isEqualTo("no newline");
	}

	/** Killed between any two of: splice, append to the log, record of the position. */
	@Test
	void restartAfterAKillAtAnyPointLosesAndDoublesNothing() throws Exception {
		StringBuilder expected = new StringBuilder();
		for (int round = 0; round < 30; round++) {
			begin(new LogSettings(4000, 100));
			for (int i = 0; i < 10; i++) {
				String line = "round " + round + " line " + i + " " + "z".repeat((round * 131) % 700) + "\n";
				expected.append(line);
				write(1, line);
			}
			awaitLoggedBytes(expected.length());
			LogPosition.Mark before = LogPosition.read(this.place.logPosition());
			String tail = "tail of " + round + "\n";
			expected.append(tail);
			onLoop(this.pump::letGo);
			dieAt(round % 5, tail, before);
		}
		begin(new LogSettings(4000, 100));
		finish();
		assertThat(text(1)).isEqualTo(expected.toString());
	}

	private void dieAt(int point, String line, LogPosition.Mark mark) throws IOException {
		write(1, line);
		if (point == 0) {
			return; // it is in the pipe
		}
		Spool spool = new Spool(this.place.spool(1));
		assertThat(spool.fill(this.pipes[1][0])).isEqualTo(line.length());
		spool.release();
		switch (point) {
			case 1 -> {
				// it is in the spool
			}
			case 2 -> Files.writeString(this.place.log(), "{\"log\":\"tail of half an en", StandardOpenOption.APPEND);
			case 3 -> Files.writeString(this.place.log(),
					"{\"log\":\"twice\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05Z\"}\n",
					StandardOpenOption.APPEND);
			default -> rotateHalfway(mark);
		}
	}

	private void rotateHalfway(LogPosition.Mark mark) throws IOException {
		assertThat(mark.logFile()).isEqualTo(Files.getAttribute(this.place.log(), "unix:ino"));
		Path log = this.place.log();
		for (int i = 98; i > 0; i--) {
			Path old = log.resolveSibling(log.getFileName() + "." + i);
			if (Files.exists(old)) {
				Files.move(old, log.resolveSibling(log.getFileName() + "." + (i + 1)));
			}
		}
		Files.move(log, log.resolveSibling(log.getFileName() + ".1"));
		if (mark.logSize() % 2 == 0) {
			Files.writeString(log, "{\"log\":\"of the next file\\n\"");
		}
	}

	private void begin(LogSettings settings) {
		this.log = new LogFiles(this.place.log(), settings);
		this.drained = new CompletableFuture<>();
		this.log.begin();
		onLoop(() -> {
			this.pump = new OutputPump(this.loop, this.buffers, this.place, this.log, this.audience,
					Map.of(1, source(1), 2, source(2)), () -> {
						this.audience.finish();
						this.log.end();
						this.drained.complete(null);
					});
			this.pump.begin();
		});
	}

	/** A duplicate, as the keeper has the pipe, too. */
	private OutputSource source(int stream) {
		return new OutputSource.Pipe(this.pipes[stream][0].duplicate(0));
	}

	private void finish() throws Exception {
		this.pipes[1][1].close();
		this.pipes[2][1].close();
		this.drained.get(30, TimeUnit.SECONDS);
	}

	private <T extends OutputSink> T attach(T sink) {
		this.audience.add(sink);
		return sink;
	}

	private void follow(int tail, CompletableFuture<String> result) {
		Thread.ofVirtual().start(() -> {
			try {
				result.complete(read(new LogQuery(true, true, null, null, tail, true)));
			}
			catch (RuntimeException ex) {
				result.completeExceptionally(ex);
			}
		});
	}

	private void onLoop(Runnable action) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.loop.execute(() -> {
			try {
				action.run();
				done.complete(null);
			}
			catch (RuntimeException ex) {
				done.completeExceptionally(ex);
			}
		});
		done.join();
	}

	private void write(int stream, String text) {
		write(stream, text.getBytes(StandardCharsets.UTF_8));
	}

	private void write(int stream, byte[] bytes) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
			for (long done = 0; done < bytes.length;) {
				long count = this.pipes[stream][1].write(buffer.asSlice(done));
				assertThat(count).isPositive();
				done += count;
			}
		}
	}

	private void awaitLogged(String wanted) throws InterruptedException {
		for (long end = System.nanoTime() + 10_000_000_000L; !read(ALL).contains(wanted);) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(1);
		}
	}

	private void awaitLoggedBytes(long wanted) throws InterruptedException {
		for (long end = System.nanoTime() + 20_000_000_000L; true;) {
			LogPosition.Mark mark = LogPosition.read(this.place.logPosition());
			if (mark != null && mark.stdout() >= wanted) {
				return;
			}
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(1);
		}
	}

	private List<LogLine> lines() {
		List<LogLine> lines = new ArrayList<>();
		try (LogReader reader = new LogReader(this.log, ALL, lines::add)) {
			reader.read();
		}
		return lines;
	}

	private String text(int stream) {
		return new String(bytes(stream), StandardCharsets.UTF_8);
	}

	private byte[] bytes(int stream) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		lines().stream().filter((line) -> line.stream() == stream).forEach((line) -> bytes.writeBytes(line.text()));
		return bytes.toByteArray();
	}

	private String read(LogQuery query) {
		StringBuilder text = new StringBuilder();
		try (LogReader reader = new LogReader(this.log, query,
				(line) -> text.append(new String(line.text(), StandardCharsets.UTF_8)))) {
			reader.read();
		}
		return text.toString();
	}

	private static void pass(CountDownLatch gate) {
		try {
			gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
