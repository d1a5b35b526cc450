package dev.caisson.engine.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.ContainerId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Pipes, a pump on an event loop of its own, a log and an audience. */
@Timeout(60)
abstract class PumpFixture {

	static final LogQuery ALL = new LogQuery(true, true, null, null, -1, false);

	@TempDir
	Path directory;

	ContainerDirectory place;

	EventLoop loop;

	final PumpBuffers buffers = new PumpBuffers();

	final Audience audience = new Audience(4 << 20, Duration.ofMillis(500));

	final Fd[][] pipes = new Fd[3][];

	LogFiles log;

	OutputPump pump;

	CompletableFuture<Void> drained;

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

	void begin(LogSettings settings) {
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
	OutputSource source(int stream) {
		return new OutputSource.Pipe(this.pipes[stream][0].duplicate(0));
	}

	void finish() throws Exception {
		this.pipes[1][1].close();
		this.pipes[2][1].close();
		this.drained.get(30, TimeUnit.SECONDS);
	}

	<T extends OutputSink> T attach(T sink) {
		this.audience.add(sink);
		return sink;
	}

	void follow(int tail, CompletableFuture<String> result) {
		Thread.ofVirtual().start(() -> {
			try {
				result.complete(read(new LogQuery(true, true, null, null, tail, true)));
			}
			catch (RuntimeException ex) {
				result.completeExceptionally(ex);
			}
		});
	}

	void onLoop(Runnable action) {
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

	void write(int stream, String text) {
		write(stream, text.getBytes(StandardCharsets.UTF_8));
	}

	void write(int stream, byte[] bytes) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
			for (long done = 0; done < bytes.length;) {
				long count = this.pipes[stream][1].write(buffer.asSlice(done));
				assertThat(count).isPositive();
				done += count;
			}
		}
	}

	void awaitLogged(String wanted) throws InterruptedException {
		for (long end = System.nanoTime() + 10_000_000_000L; !read(ALL).contains(wanted);) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(1);
		}
	}

	void awaitLoggedBytes(long wanted) throws InterruptedException {
		for (long end = System.nanoTime() + 20_000_000_000L; true;) {
			LogPosition.Mark mark = LogPosition.read(this.place.logPosition());
			if (mark != null && mark.stdout() >= wanted) {
				return;
			}
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.sleep(1);
		}
	}

	List<LogLine> lines() {
		List<LogLine> lines = new ArrayList<>();
		try (LogReader reader = new LogReader(this.log, ALL, lines::add)) {
			reader.read();
		}
		return lines;
	}

	String text(int stream) {
		return new String(bytes(stream), StandardCharsets.UTF_8);
	}

	byte[] bytes(int stream) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		lines().stream().filter((line) -> line.stream() == stream).forEach((line) -> bytes.writeBytes(line.text()));
		return bytes.toByteArray();
	}

	String read(LogQuery query) {
		StringBuilder text = new StringBuilder();
		try (LogReader reader = new LogReader(this.log, query,
				(line) -> text.append(new String(line.text(), StandardCharsets.UTF_8)))) {
			reader.read();
		}
		return text.toString();
	}

	static void pass(CountDownLatch gate) {
		try {
			gate.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
