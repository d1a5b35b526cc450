package dev.caisson.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.Containers;
import dev.caisson.engine.container.LogSettings;
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

/**
 * Our engine in this process: overlay, all namespaces, all cgroups, seccomp,
 * capabilities.
 */
final class EngineContestant implements Contestant {

	private final Containers containers;

	private final Path layer;

	private final Path run;

	EngineContestant(Path directory) throws IOException {
		Path data = Files.createDirectories(directory.resolve("data"));
		this.run = Files.createTempDirectory(Path.of("/run"), "caisson-bench");
		this.layer = BusyboxRoot.directory(directory.resolve("layer"));
		this.containers = Containers.open("caisson-bench-engine", data, this.run);
	}

	@Override
	public String name() {
		return "caisson engine";
	}

	@Override
	public void runOnce() {
		Container container = start("true");
		container.exit().join();
		container.remove();
	}

	/** Creates and starts one. */
	Container start(String... command) {
		ContainerSpec spec = spec(List.of(command));
		Container container = this.containers.create(spec.id(), LogSettings.DEFAULT);
		container.start(spec, false);
		return container;
	}

	private ContainerSpec spec(List<String> command) {
		ProcessSpec process = new ProcessSpec(command, List.of("PATH=/bin"), "/", "", List.of(), false, false, false,
				List.of(), OptionalInt.empty());
		PrivilegeSpec privileges = new PrivilegeSpec(false, CapabilitySet.DEFAULT, false,
				new PrivilegeSpec.SeccompChoice.Default(), new PrivilegeSpec.SelinuxChoice.Default(),
				PrivilegeSpec.DEFAULT_MASKED, PrivilegeSpec.DEFAULT_READ_ONLY);
		IdentitySpec identity = new IdentitySpec("bench", "", List.of(), List.of(), List.of(), List.of());
		return new ContainerSpec(ContainerId.random(), new RootSpec(List.of(this.layer), false, 64 << 20), process,
				NamespaceSpec.PRIVATE, identity, List.of(), DeviceSpec.NONE, ResourceSpec.UNLIMITED, privileges,
				SysctlSpec.NONE);
	}

	@Override
	public void close() throws IOException {
		this.containers.close();
		Processes.run(List.of("rm", "-rf", this.run.toString()));
	}

}
