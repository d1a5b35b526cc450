package dev.caisson.engine.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.Fault;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.network.NetworkSettings;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.IdentitySpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.ProcessSpec;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.RootSpec;
import dev.caisson.engine.spec.SysctlSpec;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Launches against the kernel: what runs, what it sees, and what a failed one leaves. */
@KernelTest
class LaunchRecipeTests {

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Mechanisms mechanisms;

	private Launches launches;

	private Path layer;

	@BeforeEach
	void open() throws IOException {
		this.mechanisms = Mechanisms.open(this.roots.cgroup(), this.roots.data(), this.roots.run(),
				Networks.open(NetworkSettings.DEFAULT, this.roots.data(), this.roots.run()), (_) -> 0);
		this.launches = new Launches(this.mechanisms);
		this.layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
	}

	@AfterEach
	void close() {
		this.mechanisms.close();
	}

	@Test
	void beginRunsTheProgramInItsRoot() throws Exception {
		assertThat(output("sh", "-c", "echo hi; hostname; id -u; pwd; echo $HOME; ls /")).isEqualTo("""
				hi
				box
				0
				/
				/root
				bin
				dev
				etc
				home
				proc
				root
				sys
				tmp
				usr
				var
				""");
	}

	@Test
	void beginWhenSomebodyRemovedOurEmptyCgroupMakesItAgain() throws Exception {
		try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
			for (Path hierarchy : hierarchies.toList()) {
				Files.deleteIfExists(hierarchy.resolve(this.roots.cgroup()));
			}
		}
		assertThat(output("echo", "hi")).isEqualTo("hi\n");
	}

	/**
	 * A fault in the keeper's later steps strikes a container that has been started
	 * already.
	 */
	@Test
	void beginWhenAnyStepFailsLeavesNothing() throws Exception {
		start("true").finish();
		Set<String> before = kernel();
		int steps = 0;
		int refused = 0;
		for (boolean more = true; more; steps++) {
			this.launches.inject(new Fault(steps, Errno.EIO));
			try {
				start("true").finish();
			}
			catch (LaunchFailedException ex) {
				assertThat(ex.getCause()).hasMessageContaining("EIO");
				refused++;
			}
			catch (IndexOutOfBoundsException ex) {
				more = false;
			}
			assertThat(kernel()).as("after a fault in step " + steps).isEqualTo(before);
		}
		assertThat(refused).isGreaterThan(steps - 20).isGreaterThan(80);
	}

	/** What this process, its children and the test's roots have just now. */
	private Set<String> kernel() throws Exception {
		Set<String> found = new TreeSet<>();
		for (Path directory : List.of(this.roots.data().resolve("containers"), this.roots.run().resolve("containers"),
				Path.of("/sys/fs/cgroup/memory", this.roots.cgroup()),
				Path.of("/sys/fs/cgroup/unified", this.roots.cgroup()))) {
			try (Stream<Path> entries = Files.exists(directory) ? Files.list(directory) : Stream.empty()) {
				entries.filter(Files::isDirectory).map(Path::toString).forEach(found::add);
			}
		}
		ProcessHandle.current().descendants().map(Object::toString).forEach(found::add);
		try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
			mounts.forEach(found::add);
		}
		return found;
	}

	private String output(String... arguments) throws Exception {
		Started started = start(arguments);
		String output = started.read();
		assertThat(started.finish()).contains(new ExitStatus(0));
		return output;
	}

	private Started start(String... arguments) throws Exception {
		ContainerSpec spec = spec(List.of(arguments));
		ContainerDirectory directory = ContainerDirectory.of(this.roots.data(), this.roots.run(), spec.id());
		Files.createDirectories(directory.data());
		Ledger ledger = new Ledger(directory.ledger());
		try (Stdio stdio = Stdio.pipes(false, false)) {
			Run run = this.launches.begin(directory, spec, stdio, ledger);
			return new Started(run, stdio.takeServiceEnds(), directory);
		}
		catch (RuntimeException ex) {
			Launches.deleteTree(directory.data());
			throw ex;
		}
	}

	private ContainerSpec spec(List<String> arguments) {
		ProcessSpec process = new ProcessSpec(arguments, List.of("PATH=/bin"), "/", "", List.of(), false, false, false,
				List.of(), OptionalInt.empty());
		PrivilegeSpec privileges = new PrivilegeSpec(false, CapabilitySet.DEFAULT, false,
				new PrivilegeSpec.SeccompChoice.Default(), new PrivilegeSpec.SelinuxChoice.Default(),
				PrivilegeSpec.DEFAULT_MASKED, PrivilegeSpec.DEFAULT_READ_ONLY);
		IdentitySpec identity = new IdentitySpec("box", "", List.of(), List.of(), List.of(), List.of());
		return new ContainerSpec(ContainerId.random(), new RootSpec(List.of(this.layer), false, 64 << 20), process,
				NamespaceSpec.PRIVATE, identity, List.of(), DeviceSpec.NONE, ResourceSpec.UNLIMITED, privileges,
				SysctlSpec.NONE);
	}

	private record Started(Run run, Map<KeptDescriptor, Fd> streams, ContainerDirectory directory) {

		String read() throws IOException {
			Path file = Path.of("/proc/self/fd/" + this.streams.get(KeptDescriptor.STDOUT).number());
			try (InputStream in = Files.newInputStream(file)) {
				return new String(in.readAllBytes());
			}
		}

		/** Waits for the end; empty if the keeper could not tell the status. */
		Optional<ExitStatus> finish() throws IOException {
			try (InputStream in = Files.newInputStream(Path.of("/proc/self/fd/" + this.run.ended().number()))) {
				in.read();
			}
			Optional<ExitStatus> status = this.run.status();
			this.run.release();
			this.streams.values().forEach(Fd::close);
			Launches.deleteTree(this.directory.data());
			return status;
		}

	}

}
