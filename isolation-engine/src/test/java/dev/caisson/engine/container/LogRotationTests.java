package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Logs that are rotated and compressed while they are written and read. */
@KernelTest
@Timeout(120)
class LogRotationTests {

	private static final int LINES = 20_000;

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Containers containers;

	private Container container;

	@BeforeEach
	void open() {
		this.containers = Containers.open(this.roots.cgroup(), this.roots.data(), this.roots.run());
		this.container = this.containers.create(ContainerId.random(), new LogSettings(64 << 10, 100, true));
	}

	@AfterEach
	void close() {
		this.container.stop(9, Duration.ZERO);
		this.container.remove();
		this.containers.close();
	}

	@Test
	void everyLineIsThereAfterCompressionAndForFollowers() throws Exception {
		List<String> followed = new CopyOnWriteArrayList<>();
		Path layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
		this.container.start(new SpecBuilder(this.container.id(), layer).shell("sleep 0.2; seq 1 " + LINES).build());
		Thread follower = Thread.startVirtualThread(() -> read(true, -1, followed));
		this.container.exit().get(60, TimeUnit.SECONDS);
		follower.join(Duration.ofSeconds(60));
		awaitCompression();
		List<String> all = new CopyOnWriteArrayList<>();
		read(false, -1, all);
		assertThat(all).hasSize(LINES).startsWith("1\n", "2\n").endsWith(LINES + "\n");
		assertThat(followed).isEqualTo(all);
		List<String> tail = new CopyOnWriteArrayList<>();
		read(false, LINES / 2, tail);
		assertThat(tail).isEqualTo(all.subList(LINES / 2, LINES));
	}

	private void read(boolean follow, int tail, List<String> into) {
		StringBuilder lines = new StringBuilder();
		this.container.readLog(new LogQuery(true, true, null, null, tail, follow),
				(line) -> lines.append(new String(line.text(), StandardCharsets.UTF_8)));
		into.addAll(lines.toString().lines().map((line) -> line + "\n").toList());
	}

	/** All but what is written and, perhaps, the file before it. */
	private void awaitCompression() throws Exception {
		long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
		while (names().stream().filter((name) -> name.matches(".*json.log\\.\\d+")).count() > 0) {
			assertThat(System.nanoTime()).as("compressed: %s", names()).isLessThan(deadline);
			Thread.sleep(20);
		}
		assertThat(names()).filteredOn((name) -> name.endsWith(".gz")).hasSizeGreaterThan(10);
	}

	private List<String> names() throws IOException {
		try (var files = Files.list(this.container.logFile().getParent())) {
			return files.map((path) -> path.getFileName().toString()).toList();
		}
	}

}
