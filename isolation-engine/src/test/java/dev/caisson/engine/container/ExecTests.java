package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.ExecSpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.ProbeProgram;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Further processes in real containers. */
@KernelTest
@Timeout(120)
class ExecTests {

	private static final Duration SOON = Duration.ofSeconds(30);

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Containers containers;

	private Path layer;

	private Container container;

	private ContainerSpec spec;

	@BeforeEach
	void open() throws IOException {
		this.layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
		this.containers = Containers.open(this.roots.cgroup(), this.roots.data(), this.roots.run());
		this.container = this.containers.create(ContainerId.random(), LogSettings.DEFAULT);
	}

	@AfterEach
	void close() {
		for (Container each : this.containers.all()) {
			each.stop(9, Duration.ZERO);
			each.remove();
		}
		this.containers.close();
	}

	private void start(SpecBuilder builder) {
		this.spec = builder.run("sleep", "1000").build();
		this.container.start(this.spec);
	}

	private SpecBuilder builder() {
		return new SpecBuilder(this.container.id(), this.layer);
	}

	@Test
	void execRunsAProgramInTheContainerAndTellsItsEnd() throws Exception {
		start(builder());
		RecordingSink sink = new RecordingSink();
		Exec exec = this.container.createExec(shell("echo out; echo err >&2; pwd; echo $HOME; id -u; exit 7"));
		assertThat(exec.state().phase()).isEqualTo(ExecState.Phase.CREATED);
		assertThat(this.container.execs()).containsExactly(exec);
		exec.start(this.spec, sink);
		ExecState end = await(exec);
		assertThat(end.phase()).isEqualTo(ExecState.Phase.EXITED);
		assertThat(end.exitCode()).isEqualTo(7);
		assertThat(sink.hasEnded()).isTrue();
		assertThat(sink.text(1)).isEqualTo("out\n/tmp\n/root\n0\n");
		assertThat(sink.text(2)).isEqualTo("err\n");
		assertThat(this.container.execs()).isEmpty();
		assertThat(this.containers.findExec(exec.id())).contains(exec);
		assertThatIllegalStateException().isThrownBy(() -> exec.start(this.spec, sink));
	}

	@Test
	void execIsInEveryNamespaceGroupFilterAndLimitOfItsContainer() throws Exception {
		start(builder());
		assertSameIsolation();
	}

	@Test
	void execJoinsAUserNamespace() throws Exception {
		Source own = new Source.Own();
		start(builder().noNewPrivileges().namespaces(new NamespaceSpec(own, own, own, own, own, true)));
		assertSameIsolation();
	}

	@Test
	void execJoinsWhatIsTheHosts() throws Exception {
		Source own = new Source.Own();
		Source host = new Source.Host();
		start(builder().namespaces(new NamespaceSpec(host, host, host, host, own, false)));
		assertSameIsolation();
	}

	private void assertSameIsolation() throws IOException, InterruptedException {
		Exec exec = this.container.createExec(command("sleep", "1000"));
		exec.start(this.spec, null);
		int first = this.container.state().pid();
		int further = exec.state().pid();
		assertThat(this.container.processes()).containsExactlyInAnyOrder(first, further);
		assertThat(namespaces(further)).isEqualTo(namespaces(first));
		assertThat(Files.readString(proc(further, "cgroup"))).isEqualTo(Files.readString(proc(first, "cgroup")));
		assertThat(status(further)).isEqualTo(status(first)).containsKeys("CapEff", "Seccomp", "NoNewPrivs");
		assertThat(Files.readString(proc(further, "limits"))).isEqualTo(Files.readString(proc(first, "limits")));
		assertThat(Files.readString(proc(further, "oom_score_adj")))
			.isEqualTo(Files.readString(proc(first, "oom_score_adj")));
		assertThat(label(further)).isEqualTo(label(first));
		assertThat(Files.readSymbolicLink(proc(further, "root"))).isEqualTo(Path.of("/"));
		assertThat(descriptors(further)).hasSize(3).noneMatch((target) -> target.contains("caisson"));
	}

	@Test
	void execPrivilegedHasAllCapabilitiesAndTheFilterStays() throws Exception {
		start(builder());
		Exec exec = this.container.createExec(
				new ExecSpec(List.of("sleep", "1000"), List.of("PATH=/bin"), "/", "", false, false, true, Map.of()));
		exec.start(this.spec, null);
		String all = Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("CapBnd"))
			.findFirst()
			.orElseThrow()
			.split("\\s+")[1];
		assertThat(status(exec.state().pid())).containsEntry("CapEff", all).containsEntry("Seccomp", "2");
	}

	@Test
	void execAsAnotherUser() throws Exception {
		start(builder());
		assertThat(output(new ExecSpec(List.of("sh", "-c", "id -u; id -g; grep CapEff /proc/self/status; echo $HOME"),
				List.of("PATH=/bin"), "/", "1234:99", false, false, false, Map.of())))
			.isEqualTo("1234\n99\nCapEff:\t0000000000000000\n/\n");
		ExecSpec unknown = new ExecSpec(List.of("id"), List.of("PATH=/bin"), "/", "nobody-knows", false, false, false,
				Map.of());
		Exec exec = this.container.createExec(unknown);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> exec.start(this.spec, null))
			.withMessage("unable to find user nobody-knows: no matching entries in passwd file");
		assertThat(exec.state()).isEqualTo(new ExecState(ExecState.Phase.EXITED, 0, 126));
	}

	@Test
	void execThatCannotStartSaysWhy() {
		start(builder());
		assertRefused(command("nope"), 127,
				"exec failed: unable to start container process: exec: \"nope\": executable file not found in $PATH");
		assertRefused(command("/etc/passwd"), 126,
				"exec failed: unable to start container process: exec: \"/etc/passwd\": permission denied");
		assertRefused(new ExecSpec(List.of("true"), List.of(), "/nowhere", "", false, false, false, Map.of()), 127,
				"exec failed: unable to start container process: chdir to cwd (\"/nowhere\") failed: no such file or directory");
		assertThat(this.container.processes()).containsExactly(this.container.state().pid());
	}

	private void assertRefused(ExecSpec refused, int code, String message) {
		Exec exec = this.container.createExec(refused);
		assertThatExceptionOfType(LaunchFailedException.class).isThrownBy(() -> exec.start(this.spec, null))
			.withMessage(message);
		assertThat(exec.state().exitCode()).isEqualTo(code);
		assertThat(exec.exit()).isDone();
	}

	@Test
	void execMovesBytesBothWaysUnchanged() throws Exception {
		start(builder());
		byte[] bytes = new byte[5 << 20];
		new Random(1).nextBytes(bytes);
		RecordingSink sink = new RecordingSink();
		Exec exec = this.container
			.createExec(new ExecSpec(List.of("cat"), List.of("PATH=/bin"), "/", "", false, true, false, Map.of()));
		exec.start(this.spec, sink);
		exec.writeInput(ByteBuffer.wrap(bytes));
		exec.closeInput();
		assertThat(await(exec).exitCode()).isZero();
		assertThat(sink.bytes(1)).isEqualTo(bytes);
	}

	@Test
	void execWithATerminalHasItsSizeAndControlsIt() throws Exception {
		start(builder());
		RecordingSink sink = new RecordingSink();
		Exec exec = this.container
			.createExec(new ExecSpec(List.of("sh"), List.of("PATH=/bin"), "/", "", true, true, false, Map.of()));
		exec.resize(33, 44);
		exec.start(this.spec, sink);
		exec.writeInput(bytes("tty; stty size\n"));
		sink.await("/dev/pts/0\r\n33 44\r\n", SOON);
		exec.resize(55, 66);
		exec.writeInput(bytes("stty size\n"));
		sink.await("\n55 66", SOON);
		// the key that interrupts reaches the foreground of a session that has the
		// terminal
		exec.writeInput(bytes("sleep 1000; echo went $?\n"));
		awaitProcess("sleep", 2);
		exec.writeInput(bytes("\u0003"));
		exec.writeInput(bytes("echo went on\n"));
		sink.await("\nwent on", SOON);
		exec.writeInput(bytes("exit 3\n"));
		assertThat(await(exec).exitCode()).isEqualTo(3);
	}

	@Test
	void execWhoseChildHoldsItsOutputEndsAllTheSame() throws Exception {
		start(builder());
		RecordingSink sink = new RecordingSink();
		Exec exec = this.container.createExec(shell("sleep 1000 & echo started"));
		exec.start(this.spec, sink);
		assertThat(await(exec).exitCode()).isZero();
		assertThat(sink.text(1)).isEqualTo("started\n");
	}

	@Test
	void endOfTheContainerEndsItsExecs() throws Exception {
		start(builder());
		Exec running = this.container.createExec(command("sleep", "1000"));
		running.start(this.spec, null);
		Exec created = this.container.createExec(command("true"));
		this.container.stop(9, Duration.ZERO);
		assertThat(await(running).exitCode()).isEqualTo(137);
		this.container.start(this.spec);
		assertThat(this.containers.findExec(created.id())).isEmpty();
		assertThat(this.container.execs()).isEmpty();
	}

	@Test
	void execInAContainerThatDoesNotRunIsRefused() {
		assertThatIllegalStateException().isThrownBy(() -> this.container.createExec(command("true")))
			.withMessageEndingWith("is not running");
	}

	/** CVE-2019-5736, CVE-2016-9962: the window between clone and execve. */
	@Test
	void debuggerInTheContainerFindsNothingOfTheHostInTheProcessBeforeItsExecve() throws Exception {
		Files.copy(ProbeProgram.build(this.roots.data(), "spy"), this.layer.resolve("spy"));
		start(builder().capabilities(CapabilitySet.DEFAULT.with(CapabilitySet.of(List.of(Capability.CAP_SYS_PTRACE)))));
		RecordingSink sink = new RecordingSink();
		// the first process is 1, the spy 2
		this.container.createExec(command("/spy", "3")).start(this.spec, sink);
		sink.await("ready\n", SOON);
		Exec victim = this.container
			.createExec(new ExecSpec(List.of("true"), List.of(longPath()), "/", "", false, false, false, Map.of()));
		victim.start(this.spec, null);
		await(victim);
		sink.await("end\n", SOON);
		List<String> found = sink.text(1).lines().toList();
		assertThat(found).as("was seen before its execve").anyMatch((line) -> line.contains("caisson-stage0"));
		assertThat(found).filteredOn((line) -> line.startsWith("fd "))
			.allMatch((line) -> line.matches("fd (pipe:.*|/dev/null)"));
		assertThat(found).filteredOn((line) -> line.startsWith("map "))
			.noneMatch((line) -> line.contains("caisson-plan"));
		Map<String, String> first = status(this.container.state().pid());
		assertThat(found).contains("status CapEff:\t" + first.get("CapEff"), "status CapBnd:\t" + first.get("CapBnd"),
				"status Seccomp:\t2");
	}

	/** So many places to look in keep the process before its execve for a while. */
	private static String longPath() {
		StringBuilder path = new StringBuilder("PATH=");
		for (int i = 0; i < 5000; i++) {
			path.append("/nowhere/").append(i).append(':');
		}
		return path.append("/bin").toString();
	}

	@Test
	void execLeavesNothingBehindWhereverItFails() throws Exception {
		start(builder());
		int before = this.container.processes().size();
		for (int i = 0; i < 200; i++) {
			Exec exec = this.container.createExec(command("true"));
			if (i % 10 == 0) {
				exec.start(this.spec, null);
				await(exec);
			}
		}
		assertThat(this.container.processes()).hasSize(before);
		assertThat(new Ledger(directory().ledger()).outstanding())
			.noneMatch((entry) -> entry.kind() == Ledger.Kind.EXEC);
	}

	@Test
	void nextServiceWaitsForARunningExecAndKnowsThoseThatEnded() throws Exception {
		start(builder());
		Exec running = this.container.createExec(shell("while ! [ -e /go ]; do echo x; sleep 0.05; done; exit 5"));
		running.start(this.spec, new RecordingSink());
		Exec ended = this.container.createExec(shell("exit 6"));
		ended.start(this.spec, null);
		await(ended);
		Exec created = this.container.createExec(shell("exit 4"));
		this.containers.close();
		this.containers = Containers.open(this.roots.cgroup(), this.roots.data(), this.roots.run());
		this.containers.recover(Map.of(this.container.id(), LogSettings.DEFAULT));
		this.container = this.containers.find(this.container.id()).orElseThrow();
		Exec again = this.containers.findExec(running.id()).orElseThrow();
		assertThat(again.spec()).isEqualTo(running.spec());
		assertThat(again.state()).isEqualTo(running.state());
		assertThat(this.containers.findExec(ended.id()).orElseThrow().state().exitCode()).isEqualTo(6);
		output(shell("touch /go"));
		assertThat(await(again).exitCode()).isEqualTo(5);
		Exec late = this.containers.findExec(created.id()).orElseThrow();
		late.start(this.spec, null);
		assertThat(await(late).exitCode()).isEqualTo(4);
	}

	private String output(ExecSpec wanted) throws Exception {
		RecordingSink sink = new RecordingSink();
		Exec exec = this.container.createExec(wanted);
		exec.start(this.spec, sink);
		assertThat(await(exec).exitCode()).as(sink.text(0)).isZero();
		return sink.text(1);
	}

	private static ExecState await(Exec exec) throws Exception {
		return exec.exit().get(SOON.toSeconds(), TimeUnit.SECONDS);
	}

	private static ExecSpec shell(String script) {
		return command("sh", "-c", script);
	}

	private static ExecSpec command(String... arguments) {
		return new ExecSpec(List.of(arguments), List.of("PATH=/bin"), "/tmp", "", false, false, false, Map.of());
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private ContainerDirectory directory() {
		return ContainerDirectory.of(this.roots.data(), this.roots.run(), this.container.id());
	}

	private void awaitProcess(String name, int count) throws Exception {
		long deadline = System.nanoTime() + SOON.toNanos();
		while (this.container.processes().stream().filter((pid) -> name.equals(comm(pid))).count() < count) {
			assertThat(System.nanoTime()).as(name).isLessThan(deadline);
			Thread.sleep(5);
		}
	}

	private static String comm(int pid) {
		try {
			return Files.readString(proc(pid, "comm")).strip();
		}
		catch (IOException ex) {
			return "";
		}
	}

	private static Path proc(int pid, String file) {
		return Path.of("/proc", Integer.toString(pid), file);
	}

	private static String label(int pid) {
		try {
			return Files.readString(proc(pid, "attr/current"));
		}
		catch (IOException ex) {
			return "no LSM";
		}
	}

	private static Map<String, String> namespaces(int pid) throws IOException {
		Map<String, String> namespaces = new HashMap<>();
		try (Stream<Path> files = Files.list(proc(pid, "ns"))) {
			for (Path file : files.toList()) {
				namespaces.put(file.getFileName().toString(), Files.readSymbolicLink(file).toString());
			}
		}
		return namespaces;
	}

	/**
	 * What of proc_pid_status(5) is the same for all processes of a user in a container.
	 */
	private static Map<String, String> status(int pid) throws IOException {
		Map<String, String> status = new HashMap<>();
		for (String line : Files.readAllLines(proc(pid, "status"))) {
			if (line.matches("(Cap|Seccomp|NoNewPrivs|Uid|Gid|Groups|Umask|Sig(Blk|Ign)).*")) {
				int colon = line.indexOf(':');
				status.put(line.substring(0, colon), line.substring(colon + 1).strip());
			}
		}
		return status;
	}

	private static List<String> descriptors(int pid) throws IOException {
		List<String> targets = new ArrayList<>();
		try (Stream<Path> files = Files.list(proc(pid, "fd"))) {
			for (Path file : files.toList()) {
				targets.add(Files.readSymbolicLink(file).toString());
			}
		}
		return targets;
	}

}
