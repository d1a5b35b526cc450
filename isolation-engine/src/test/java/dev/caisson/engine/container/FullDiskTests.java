package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.linux.EventLoop;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Output when there is no room for it. */
@KernelTest
@Timeout(60)
class FullDiskTests {

	private static final int LINES = 60_000;

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	@Test
	void outputWaitsForRoomAndNothingIsLost() throws Exception {
		Path disk = this.roots.directory("disk");
		run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
		try (EventLoop loop = new EventLoop("test-loop")) {
			Process writer = new ProcessBuilder("seq", Integer.toString(LINES)).start();
			ContainerDirectory place = new ContainerDirectory(ContainerId.random(), disk, disk);
			LogFiles log = new LogFiles(place.log(), LogSettings.DEFAULT);
			CompletableFuture<Void> drained = pump(loop, place, log, writer);
			Thread.sleep(1500);
			assertThat(drained).isNotDone();
			run("mount", "-o", "remount,size=64m", disk.toString());
			drained.get(20, TimeUnit.SECONDS);
			assertCounts(log);
		}
		finally {
			run("umount", disk.toString());
		}
	}

	private static CompletableFuture<Void> pump(EventLoop loop, ContainerDirectory place, LogFiles log,
			Process writer) {
		// a pipe has a second name below /proc, which this JVM may open
		Fd[] pipe = Fd.pipe(0, "output");
		EventLoop.setNonBlocking(pipe[0]);
		Thread.ofVirtual().start(() -> {
			try (var out = Files.newOutputStream(Path.of("/proc/self/fd/" + pipe[1].number()))) {
				pipe[1].close();
				writer.getInputStream().transferTo(out);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
		CompletableFuture<Void> drained = new CompletableFuture<>();
		loop.execute(
				() -> new OutputPump(loop, new PumpBuffers(), place, log, new Audience(1 << 20, Duration.ofSeconds(1)),
						Map.of(1, new OutputSource.Pipe(pipe[0])), () -> drained.complete(null))
					.begin());
		return drained;
	}

	private static void assertCounts(LogFiles log) {
		int[] next = { 1 };
		try (LogReader reader = new LogReader(log, new LogQuery(true, true, null, null, -1, false), (line) -> {
			assertThat(new String(line.text(), StandardCharsets.US_ASCII)).isEqualTo(next[0] + "\n");
			next[0]++;
		})) {
			reader.read();
		}
		assertThat(next[0]).isEqualTo(LINES + 1);
	}

	private static void run(String... command) throws Exception {
		Process process = new ProcessBuilder(command).inheritIO().start();
		assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
	}

}
