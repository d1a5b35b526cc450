package dev.caisson.engine.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KernelTest
class LauncherTests {

	private final Launcher launcher = new Launcher(Duration.ofSeconds(5));

	private final Map<String, Fd> descriptors = new HashMap<>();

	@TempDir
	Path directory;

	@BeforeEach
	void openDescriptors() {
		Fd nothing = Fd.open(Path.of("/dev/null"), Fd.O_RDWR);
		give(KeptDescriptor.CHILD_STDIN, nothing);
		give(KeptDescriptor.CHILD_STDOUT, Fd.open(this.directory.resolve("out"), Fd.O_RDWR | Fd.O_CREAT, 0600));
		give(KeptDescriptor.CHILD_STDERR, nothing);
		give(KeptDescriptor.EXIT, Fd.event("exit"));
		give(KeptDescriptor.STATUS, Fd.open(this.directory.resolve("status"), Fd.O_RDWR | Fd.O_CREAT, 0600));
	}

	@AfterEach
	void close() {
		this.descriptors.values().forEach(Fd::close);
		this.launcher.close();
	}

	@Test
	void runLeavesTheExitStatusOnDisk() throws Exception {
		Launch launch = this.launcher.run(plan("/bin/sh", "-c", "echo $$ $0; exit 7"), "test", this.descriptors, null);
		try (Keeper keeper = launch.keeper()) {
			assertThat(Files.readString(Path.of("/proc/" + keeper.pid() + "/comm"))).isEqualTo("caisson-keeper\n");
			awaitEnd(keeper);
		}
		assertThat(ExitStatus.parse(Files.readAllBytes(this.directory.resolve("status")))).contains(new ExitStatus(7));
		assertThat(this.directory.resolve("out")).hasContent("1 /bin/sh\n");
	}

	@Test
	void traceHoldsEveryCallWithItsTime() throws Exception {
		long before = System.nanoTime();
		Launch launch = this.launcher.run(plan("/bin/true"), "test", this.descriptors, null);
		long after = System.nanoTime();
		try (Keeper keeper = launch.keeper()) {
			awaitEnd(keeper);
		}
		LaunchTrace trace = launch.trace();
		assertThat(trace.startedAt()).isBetween(before, after);
		assertThat(trace.entries()).extracting(LaunchTrace.Entry::purpose)
			.contains("make the container's process", "unblock signals", "execute /bin/true");
		assertThat(trace.entries()).allSatisfy((entry) -> {
			assertThat(entry.start()).isBetween(0L, after - before);
			assertThat(entry.duration()).isBetween(0L, after - before);
		});
	}

	@Test
	void runWhenTheProgramIsMissingNamesStepObjectAndError() {
		assertThatExceptionOfType(StepFailedException.class)
			.isThrownBy(() -> this.launcher.run(plan("/no/such/program"), "test", this.descriptors, null))
			.withMessage("execute /no/such/program: execve(\"/no/such/program\", [/no/such/program], []): "
					+ "ENOENT: no such file or directory")
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ENOENT));
	}

	@Test
	void runWhenAnyStepFailsLeavesNoProcess() throws Exception {
		LaunchPlan plan = plan("/bin/sleep", "1000");
		int clone = plan.keeper()
			.stream()
			.filter((step) -> step.call() == SystemCall.CLONE3)
			.findFirst()
			.orElseThrow()
			.index();
		for (int i = 0; i < plan.keeper().size() + plan.child().size(); i++) {
			if (i > clone && i < plan.keeper().size()) {
				continue; // these may strike after execve: the keeper's death is their
							// own test
			}
			Fault fault = new Fault(i, Errno.EIO);
			assertThatExceptionOfType(StepFailedException.class)
				.isThrownBy(() -> this.launcher.run(plan, "test", this.descriptors, fault))
				.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EIO));
			assertThat(ProcessHandle.current().children()).isEmpty();
		}
	}

	@Test
	void keeperThatDiesTakesTheContainerWithIt() throws Exception {
		Launch launch = this.launcher.run(plan("/bin/sleep", "1000"), "test", this.descriptors, null);
		try (Keeper keeper = launch.keeper()) {
			keeper.kill();
			awaitEnd(keeper);
			assertThat(Launcher.poll(keeper.container().orElseThrow(), Duration.ofSeconds(5))).isTrue();
		}
	}

	@Test
	void findAfterRestartTakesDescriptorsBack() throws Exception {
		Launch launch = this.launcher.run(plan("/bin/sleep", "1000"), "test", this.descriptors, null);
		Keeper mine = launch.keeper();
		try (Keeper found = Keeper.find(mine.identity().orElseThrow()).orElseThrow();
				Fd status = found.take(KeptDescriptor.STATUS)) {
			assertThat(Files.readSymbolicLink(Path.of("/proc/self/fd/" + status.number())))
				.isEqualTo(this.directory.resolve("status"));
			found.signal(9);
			awaitEnd(found);
		}
		mine.close();
		assertThat(ExitStatus.parse(Files.readAllBytes(this.directory.resolve("status"))))
			.contains(new ExitStatus(137));
	}

	private static void awaitEnd(Keeper keeper) {
		assertThat(Launcher.poll(keeper.process(), Duration.ofSeconds(5))).isTrue();
		keeper.awaitEnd(Duration.ofSeconds(5));
	}

	private void give(KeptDescriptor kept, Fd fd) {
		this.descriptors.put(kept.descriptorName(), fd);
	}

	private static LaunchPlan plan(String... arguments) {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		Launcher.declare(plan);
		LaunchFrame.begin(plan);
		Step clone = LaunchFrame.clone(plan, 0x20000000, "CLONE_NEWPID", Optional.empty());
		LaunchFrame.end(plan, clone);
		LaunchFrame.letGo(plan, 1);
		plan.child()
			.call("execute " + arguments[0], SystemCall.EXECVE, Arg.text(arguments[0]),
					new Arg.Vector(List.of(arguments)), new Arg.Vector(List.of()));
		return plan.build();
	}

}
