package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The life of real containers. */
@KernelTest
@Timeout(60)
class ContainerTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Containers containers;

	private Path layer;

	@BeforeEach
	void open() throws IOException {
		this.layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
		this.containers = open(this.roots);
	}

	@AfterEach
	void close() {
		for (Container container : this.containers.all()) {
			container.stop(9, Duration.ZERO);
			container.remove();
		}
		this.containers.close();
	}

	private static Containers open(TestRoots roots) {
		return Containers.open(roots.cgroup(), roots.data(), roots.run());
	}

	@Test
	void startRunsTheProgramAndTellsItsExitCode() throws Exception {
		Container container = create();
		container.start(spec(container).shell("echo out; echo err >&2; exit 7").build());
		ContainerState end = await(container.exit());
		assertThat(end.phase()).isEqualTo(ContainerState.Phase.EXITED);
		assertThat(end.exitCode()).isEqualTo(7);
		assertThat(end.startedAt()).isBefore(end.finishedAt());
		assertThat(text(container, true, false)).isEqualTo("out\n");
		assertThat(text(container, false, true)).isEqualTo("err\n");
		assertThat(new StateFile(directory(container).state()).read()).contains(end);
	}

	@Test
	void attachBeforeStartGetsEverythingBeforeTheExit() throws Exception {
		Container container = create();
		RecordingSink sink = new RecordingSink();
		container.attach(sink);
		CompletableFuture<ContainerState> next = container.nextExit();
		container.start(spec(container).shell("echo one; echo two >&2; printf three").build());
		await(next);
		assertThat(sink.hasEnded()).isTrue();
		assertThat(sink.text(1)).isEqualTo("one\nthree");
		assertThat(sink.text(2)).isEqualTo("two\n");
	}

	@Test
	void signalEndsItWith128AndItsNumber() throws Exception {
		Container container = create();
		container.start(spec(container).run("sleep", "1000").build());
		assertThat(container.state().phase()).isEqualTo(ContainerState.Phase.RUNNING);
		assertThat(container.state().pid()).isPositive();
		assertThat(container.processes()).containsExactly(container.state().pid());
		container.signal(9);
		assertThat(await(container.exit()).exitCode()).isEqualTo(137);
		assertThatIllegalStateException().isThrownBy(() -> container.signal(9)).withMessageEndingWith("is not running");
	}

	@Test
	void stopKillsAfterTheGraceTime() throws Exception {
		Container container = create();
		container.start(spec(container).shell("trap '' TERM; echo ready; while :; do sleep 0.05; done").build());
		awaitText(container, "ready");
		long begin = System.nanoTime();
		container.stop(15, Duration.ofMillis(300));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(300), SOON);
		assertThat(container.state().exitCode()).isEqualTo(137);
	}

	@Test
	void stopWhenTheProgramObeysDoesNotWait() throws Exception {
		Container container = create();
		container.start(spec(container).shell("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done").build());
		awaitText(container, "ready");
		container.stop(15, Duration.ofSeconds(30));
		assertThat(container.state().exitCode()).isEqualTo(3);
		container.stop(15, Duration.ofSeconds(30));
	}

	@Test
	void startAgainAfterTheEndGoesOnWithTheSameLog() throws Exception {
		Container container = create();
		for (int i = 0; i < 3; i++) {
			container.start(spec(container).shell("echo again >> /file; cat /file").build());
			assertThat(await(container.exit()).exitCode()).isZero();
		}
		assertThat(text(container, true, true)).isEqualTo("again\n".repeat(6));
	}

	@Test
	void startFromAnExitListenerWorks() throws Exception {
		Container container = create();
		List<Integer> codes = new CopyOnWriteArrayList<>();
		CompletableFuture<Void> third = new CompletableFuture<>();
		this.containers.onExit((ended) -> {
			codes.add(ended.state().exitCode());
			if (codes.size() < 3) {
				ended.start(spec(ended).shell("exit " + (codes.size() + 1)).build());
			}
			else {
				third.complete(null);
			}
		});
		container.start(spec(container).shell("exit 1").build());
		third.get(10, TimeUnit.SECONDS);
		assertThat(codes).containsExactly(1, 2, 3);
	}

	@Test
	void startWhenItRunsIsRefused() {
		Container container = create();
		container.start(spec(container).run("sleep", "1000").build());
		assertThatIllegalStateException().isThrownBy(() -> container.start(spec(container).build()))
			.withMessageEndingWith("is running");
		assertThatIllegalStateException().isThrownBy(container::remove);
	}

	@Test
	void startWhenTheProgramIsMissingLeavesItAsItWas() throws Exception {
		Container container = create();
		RecordingSink sink = new RecordingSink();
		container.attach(sink);
		assertThatExceptionOfType(LaunchFailedException.class)
			.isThrownBy(() -> container.start(spec(container).run("nosuchprogram").build()))
			.satisfies((ex) -> assertThat(ex.exitCode()).isEqualTo(127));
		sink.awaitEnd();
		assertThat(container.state().phase()).isEqualTo(ContainerState.Phase.CREATED);
		assertThat(container.state().exitCode()).isEqualTo(127);
		assertThat(container.state().error()).contains("nosuchprogram");
		assertThat(container.life().ledger().outstanding()).isEmpty();
		container.start(spec(container).build());
		assertThat(await(container.exit()).error()).isEmpty();
	}

	@Test
	void inputArrivesAndEndsWhenItIsClosed() throws Exception {
		Container container = create();
		byte[] data = "0123456789abcde\n".repeat(64 << 10).getBytes(StandardCharsets.US_ASCII);
		RecordingSink sink = new RecordingSink();
		container.attach(sink);
		Thread writer = Thread.ofVirtual().start(() -> {
			container.writeInput(ByteBuffer.wrap(data));
			container.closeInput();
		});
		container.start(spec(container).openStdin().run("md5sum").build());
		writer.join();
		assertThat(await(container.exit()).exitCode()).isZero();
		String expected = java.util.HexFormat.of()
			.formatHex(java.security.MessageDigest.getInstance("MD5").digest(data));
		assertThat(sink.text(1)).startsWith(expected);
	}

	@Test
	void inputThatIsKeptOpenOutlivesItsWriters() throws Exception {
		Container container = create();
		container.start(spec(container).openStdin().run("head", "-n", "2").build(), true);
		container.writeInput(bytes("one\n"));
		container.closeInput();
		awaitText(container, "");
		container.writeInput(bytes("two\n"));
		await(container.exit());
		assertThat(text(container, true, true)).isEqualTo("one\ntwo\n");
	}

	@Test
	void inputThatNobodyReadsIsDropped() throws Exception {
		Container container = create();
		container.start(spec(container).openStdin().shell("exec <&-; sleep 0.3").build());
		container.writeInput(ByteBuffer.allocate(1 << 20));
		await(container.exit());
	}

	@Test
	void terminalHasItsSizeAndEchoes() throws Exception {
		Container container = create();
		container.resize(33, 111);
		RecordingSink sink = new RecordingSink();
		container.attach(sink);
		container.start(spec(container).terminal().openStdin().shell("stty size; read line; echo got $line").build());
		sink.await("33 111", SOON);
		container.writeInput(bytes("hello\n"));
		await(container.exit());
		assertThat(sink.text(1)).isEqualTo("33 111\r\nhello\r\ngot hello\r\n");
		assertThat(text(container, true, true)).isEqualTo(sink.text(1));
	}

	@Test
	void hundredMegabytesWrittenAtOnceAreAllInTheLog() throws Exception {
		Container container = create();
		CountingSink sink = new CountingSink();
		container.attach(sink);
		long begin = System.nanoTime();
		container.start(spec(container)
			.shell("yes 0123456789012345678901234567890123456789012345678901234567890" + " | head -c 104857600; exit 5")
			.build());
		assertThat(await(container.exit()).exitCode()).isEqualTo(5);
		long[] total = new long[1];
		container.readLog(new LogQuery(true, true, null, null, -1, false), (line) -> total[0] += line.text().length);
		assertThat(total[0]).isEqualTo(100 << 20);
		sink.awaitEnd();
		assertThat(sink.total).isEqualTo(100 << 20);
	}

	@Test
	void pauseStopsItAndResumeLetsItGoOn() throws Exception {
		Container container = create();
		container.start(spec(container).shell("while :; do echo tick; sleep 0.02; done").build());
		awaitText(container, "tick");
		container.pause();
		assertThat(container.state().phase()).isEqualTo(ContainerState.Phase.PAUSED);
		Thread.sleep(100);
		int length = text(container, true, true).length();
		Thread.sleep(150);
		assertThat(text(container, true, true)).hasSize(length);
		assertThatIllegalStateException().isThrownBy(container::pause);
		container.resume();
		awaitLonger(container, length);
		container.pause();
		container.stop(9, SOON);
		assertThat(container.state().exitCode()).isEqualTo(137);
	}

	@Test
	void outOfMemoryIsTold() throws Exception {
		ResourceSpec limited = new ResourceSpec(OptionalLong.of(8 << 20), OptionalLong.empty(),
				OptionalLong.of(8 << 20), OptionalInt.empty(), false, OptionalLong.empty(), OptionalLong.empty(),
				OptionalLong.empty(), "", "", OptionalLong.empty(), OptionalInt.empty(), List.of(), List.of());
		Container container = create();
		container.start(spec(container).resources(limited).shell("exec tail /dev/zero").build());
		ContainerState end = await(container.exit());
		assertThat(end.oomKilled()).isTrue();
		assertThat(end.exitCode()).isEqualTo(137);
	}

	@Test
	void processThatOutlivesTheFirstInTheHostsPidNamespaceIsKilled() throws Exception {
		NamespaceSpec hostPids = new NamespaceSpec(new Source.Host(), new Source.Own(), new Source.Own(),
				new Source.Own(), new Source.Own(), false);
		Container container = create();
		container.start(spec(container).namespaces(hostPids).shell("setsid sleep 1000 & echo child; exit 4").build());
		assertThat(await(container.exit()).exitCode()).isEqualTo(4);
		assertThat(text(container, true, true)).isEqualTo("child\n");
		assertThat(container.processes()).isEmpty();
	}

	@Test
	void removeLeavesNothing() throws Exception {
		Container container = create();
		CompletableFuture<ContainerState> removed = container.removed();
		container.start(spec(container).shell("mkdir -p /a/b/c; echo x > /a/b/c/d; echo y").build());
		await(container.exit());
		container.remove();
		assertThat(removed).isCompleted();
		assertThat(this.containers.find(container.id())).isEmpty();
		this.containers.close();
		try (var left = Files.list(this.roots.data().resolve("containers"))) {
			assertThat(left).isEmpty();
		}
		try (var left = Files.list(this.roots.data().resolve("trash"))) {
			assertThat(left).isEmpty();
		}
		try (var left = Files.list(this.roots.run().resolve("containers"))) {
			assertThat(left).isEmpty();
		}
		this.containers = open(this.roots);
	}

	@Test
	void followReadsUntilTheEnd() throws Exception {
		Container container = create();
		container.start(spec(container).shell("for i in 1 2 3 4 5; do echo $i; sleep 0.05; done").build());
		StringBuilder read = new StringBuilder();
		container.readLog(new LogQuery(true, true, null, null, -1, true),
				(line) -> read.append(new String(line.text(), StandardCharsets.UTF_8)));
		assertThat(read).hasToString("1\n2\n3\n4\n5\n");
	}

	@Test
	void manyContainersAtOnce() throws Exception {
		List<Container> many = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			many.add(create());
		}
		try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < many.size(); i++) {
				Container container = many.get(i);
				int number = i;
				threads.submit(
						() -> container.start(spec(container).shell("echo " + number + "; exit " + number).build()));
			}
		}
		for (int i = 0; i < many.size(); i++) {
			assertThat(await(many.get(i).exit()).exitCode()).isEqualTo(i);
			assertThat(text(many.get(i), true, true)).isEqualTo(i + "\n");
		}
	}

	private Container create() {
		return this.containers.create(ContainerId.random(), LogSettings.DEFAULT);
	}

	private SpecBuilder spec(Container container) {
		return new SpecBuilder(container.id(), this.layer);
	}

	private ContainerDirectory directory(Container container) {
		return ContainerDirectory.of(this.roots.data(), this.roots.run(), container.id());
	}

	private static ContainerState await(CompletableFuture<ContainerState> future) throws Exception {
		return future.get(30, TimeUnit.SECONDS);
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String text(Container container, boolean stdout, boolean stderr) {
		StringBuilder text = new StringBuilder();
		container.readLog(new LogQuery(stdout, stderr, null, null, -1, false),
				(line) -> text.append(new String(line.text(), StandardCharsets.UTF_8)));
		return text.toString();
	}

	private static void awaitText(Container container, String wanted) throws InterruptedException {
		for (long end = System.nanoTime() + SOON.toNanos(); !text(container, true, true).contains(wanted);) {
			assertThat(System.nanoTime()).as("'%s' in the log", wanted).isLessThan(end);
			Thread.sleep(5);
		}
	}

	private static void awaitLonger(Container container, int length) throws InterruptedException {
		for (long end = System.nanoTime() + SOON.toNanos(); text(container, true, true).length() <= length;) {
			assertThat(System.nanoTime()).as("more in the log").isLessThan(end);
			Thread.sleep(5);
		}
	}

	/** Does not keep what it gets. */
	private static final class CountingSink extends RecordingSink {

		private volatile long total;

		@Override
		public synchronized void output(int stream, ByteBuffer data) {
			this.total += data.remaining();
		}

	}

}
