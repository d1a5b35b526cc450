package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.ProcessIdentity;
import dev.caisson.engine.linux.SystemCall;
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

/** What a service finds that comes after one which was closed or killed. */
@KernelTest
@Timeout(60)
class RecoveryTests {

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private final Map<ContainerId, LogSettings> known = new HashMap<>();

	private Containers containers;

	private Path layer;

	@BeforeEach
	void open() throws IOException {
		this.layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
		reopen();
	}

	@AfterEach
	void close() {
		for (Container container : this.containers.all()) {
			container.stop(9, Duration.ZERO);
			container.remove();
		}
		this.containers.close();
	}

	@Test
	void runningContainerIsTakenBackWithItsStreamsAndItsInput() throws Exception {
		Container container = create();
		container.start(spec(container).openStdin().shell("echo before; read x; echo after $x; exit 5").build(), true);
		int pid = container.state().pid();
		awaitText(container, "before\n");
		Container again = restart(container);
		assertThat(again.state().phase()).isEqualTo(ContainerState.Phase.RUNNING);
		assertThat(again.state().pid()).isEqualTo(pid);
		RecordingSink sink = new RecordingSink();
		again.attach(sink);
		again.writeInput(ByteBuffer.wrap("word\n".getBytes(StandardCharsets.US_ASCII)));
		assertThat(await(again.exit()).exitCode()).isEqualTo(5);
		assertThat(text(again)).isEqualTo("before\nafter word\n");
		assertThat(sink.text(1)).isEqualTo("after word\n");
	}

	@Test
	void containerThatEndedWhileNobodyWasThereTellsItsStatusAndItsLastLines() throws Exception {
		Container container = create();
		container.start(spec(container).shell("echo first; sleep 0.3; echo last; printf end; exit 42").build());
		awaitText(container, "first\n");
		this.containers.close();
		Thread.sleep(600);
		CopyOnWriteArrayList<Integer> told = new CopyOnWriteArrayList<>();
		open(this.roots);
		this.containers.onExit((ended) -> told.add(ended.state().exitCode()));
		this.containers.recover(this.known);
		Container again = this.containers.find(container.id()).orElseThrow();
		assertThat(await(again.exit()).exitCode()).isEqualTo(42);
		assertThat(text(again)).isEqualTo("first\nlast\nend");
		assertThat(told).containsExactly(42);
		again.start(spec(again).shell("echo more").build());
		await(again.exit());
		assertThat(text(again)).isEqualTo("first\nlast\nendmore\n");
	}

	@Test
	void containerWhoseKeeperDiedIsTold() throws Exception {
		Container container = create();
		container.start(spec(container).shell("echo x; sleep 1000").build());
		awaitText(container, "x\n");
		ProcessIdentity keeper = keeper(container);
		this.containers.close();
		try (var process = keeper.open().orElseThrow()) {
			ProcessIdentity.signal(process, 9);
		}
		awaitEnd(keeper);
		// it is this JVM's child; of a service that has ended, init reaps it
		Linux.attempt(SystemCall.WAITID, 1, keeper.pid(), 0, 4, 0);
		Container again = reopened(container.id());
		assertThat(again.state().phase()).isEqualTo(ContainerState.Phase.EXITED);
		assertThat(again.state().exitCode()).isEqualTo(255);
		assertThat(text(again)).isEqualTo("x\n");
		assertThat(again.life().ledger().outstanding()).isEmpty();
	}

	@Test
	void keeperThatDiesEndsTheRun() throws Exception {
		Container container = create();
		container.start(spec(container).run("sleep", "1000").build());
		try (var process = keeper(container).open().orElseThrow()) {
			ProcessIdentity.signal(process, 9);
		}
		assertThat(await(container.exit()).exitCode()).isEqualTo(255);
	}

	@Test
	void pausedContainerStaysPaused() throws Exception {
		Container container = create();
		container.start(spec(container).shell("sleep 2; exit 3").build());
		container.pause();
		Container again = restart(container);
		assertThat(again.state().phase()).isEqualTo(ContainerState.Phase.PAUSED);
		Thread.sleep(2200);
		assertThat(again.exit()).isNotDone();
		again.resume();
		assertThat(await(again.exit()).exitCode()).isEqualTo(3);
	}

	@Test
	void unknownContainersAreKilledAndRemoved() throws Exception {
		Container container = create();
		container.start(spec(container).run("sleep", "1000").build());
		ProcessIdentity process = ProcessIdentity.of(container.state().pid()).orElseThrow();
		this.known.clear();
		restart();
		assertThat(this.containers.find(container.id())).isEmpty();
		awaitEnd(process);
		assertThat(this.roots.data().resolve("containers")).isEmptyDirectory();
		assertThat(this.roots.run().resolve("containers")).isEmptyDirectory();
	}

	@Test
	void startThatWasUnderWayIsUndone() throws Exception {
		Container container = create();
		container.start(spec(container).run("sleep", "1000").build());
		ProcessIdentity process = ProcessIdentity.of(container.state().pid()).orElseThrow();
		this.containers.close();
		// killed after the launch, before the state was written
		new StateFile(directory(container.id()).state()).write(ContainerState.CREATED);
		Container again = reopened(container.id());
		assertThat(again.state()).isEqualTo(ContainerState.CREATED);
		awaitEnd(process);
		assertThat(again.life().ledger().outstanding()).isEmpty();
		again.start(spec(again).shell("exit 8").build());
		assertThat(await(again.exit()).exitCode()).isEqualTo(8);
	}

	@Test
	void removalThatWasUnderWayIsFinished() throws Exception {
		Container container = create();
		this.containers.close();
		new StateFile(directory(container.id()).state())
			.write(new ContainerState(ContainerState.Phase.REMOVING, 0, 0, false, "", null, null));
		reopen();
		assertThat(this.containers.find(container.id())).isEmpty();
		assertThat(directory(container.id()).data()).doesNotExist();
	}

	@Test
	void createThatWasUnderWayIsFinished() throws Exception {
		ContainerId id = ContainerId.random();
		this.known.put(id, LogSettings.DEFAULT);
		Files.createDirectories(directory(id).data());
		restart();
		assertThat(this.containers.find(id).orElseThrow().state()).isEqualTo(ContainerState.CREATED);
	}

	/** The service is killed again and again, at moments that chance chooses. */
	@Test
	void killedServiceLosesNoLineAndNoStatus() throws Exception {
		this.containers.close();
		Random random = new Random();
		for (int round = 0; round < 6; round++) {
			Process service = KilledService.start(this.roots.data(), this.roots.run(), this.roots.cgroup(), this.layer);
			Thread.sleep(random.nextInt(400));
			service.destroyForcibly().waitFor();
		}
		open(this.roots);
		this.containers.recover(KilledService.known(this.roots.data()));
		ContainerState idle = container('c').state();
		assertThat(idle.phase()).isEqualTo(ContainerState.Phase.RUNNING);
		assertThat(Path.of("/proc", Integer.toString(idle.pid()), "comm")).hasContent("sleep");
		assertThat(await(container('b').exit()).exitCode()).isEqualTo(7);
		assertThat(text(container('b'))).isEqualTo("bye\ngone\n");
		assertThat(await(container('a').exit()).exitCode()).isZero();
		assertCounts(container('a'), "\n");
		assertThat(await(container('d').exit()).exitCode()).isEqualTo(9);
		assertCounts(container('d'), "\r\n");
	}

	private static void assertCounts(Container container, String end) {
		int[] next = new int[1];
		container.readLog(new LogQuery(true, true, null, null, -1, false), (line) -> {
			assertThat(new String(line.text(), StandardCharsets.UTF_8)).isEqualTo("line " + next[0] + end);
			next[0]++;
		});
		assertThat(next[0]).isEqualTo(KilledService.LINES);
	}

	private Container container(char digit) {
		return this.containers.find(KilledService.id(digit)).orElseThrow();
	}

	private Container create() {
		ContainerId id = ContainerId.random();
		this.known.put(id, LogSettings.DEFAULT);
		return this.containers.create(id, LogSettings.DEFAULT);
	}

	private Container restart(Container container) {
		restart();
		return this.containers.find(container.id()).orElseThrow();
	}

	private void restart() {
		this.containers.close();
		reopen();
	}

	private Container reopened(ContainerId id) {
		reopen();
		return this.containers.find(id).orElseThrow();
	}

	private void reopen() {
		open(this.roots);
		this.containers.recover(this.known);
	}

	private void open(TestRoots roots) {
		this.containers = Containers.open(roots.cgroup(), roots.data(), roots.run());
	}

	private SpecBuilder spec(Container container) {
		return new SpecBuilder(container.id(), this.layer);
	}

	private ContainerDirectory directory(ContainerId id) {
		return ContainerDirectory.of(this.roots.data(), this.roots.run(), id);
	}

	private static ProcessIdentity keeper(Container container) {
		return container.life()
			.ledger()
			.outstanding()
			.stream()
			.filter((entry) -> entry.kind() == Ledger.Kind.KEEPER)
			.findFirst()
			.flatMap((entry) -> ProcessIdentity.parse(entry.name()))
			.orElseThrow();
	}

	private static void awaitEnd(ProcessIdentity process) throws InterruptedException {
		for (long end = System.nanoTime() + 10_000_000_000L; process.isAlive();) {
			assertThat(System.nanoTime()).as("process %s ends", process).isLessThan(end);
			Thread.sleep(5);
		}
	}

	private static ContainerState await(CompletableFuture<ContainerState> future) throws Exception {
		return future.get(60, TimeUnit.SECONDS);
	}

	private static String text(Container container) {
		StringBuilder text = new StringBuilder();
		container.readLog(new LogQuery(true, true, null, null, -1, false),
				(line) -> text.append(new String(line.text(), StandardCharsets.UTF_8)));
		return text.toString();
	}

	private static void awaitText(Container container, String wanted) throws InterruptedException {
		for (long end = System.nanoTime() + 10_000_000_000L; !text(container).contains(wanted);) {
			assertThat(System.nanoTime()).as("'%s' in the log", wanted).isLessThan(end);
			Thread.sleep(5);
		}
	}

}
