package dev.caisson.engine.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.IdentitySpec;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NetworkingSpec;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.ProcessSpec;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.RootSpec;
import dev.caisson.engine.spec.SysctlSpec;

/** What the tests of this package run: Docker's defaults, with a few things changed. */
final class SpecBuilder {

	private final ContainerId id;

	private final List<Path> layers;

	private final List<MountSpec> mounts = new ArrayList<>();

	private boolean readOnly;

	private List<String> arguments = List.of("true");

	private boolean terminal;

	private boolean openStdin;

	private NamespaceSpec namespaces = NamespaceSpec.PRIVATE;

	private boolean noNewPrivileges;

	private ResourceSpec resources = ResourceSpec.UNLIMITED;

	private NetworkingSpec networking = NetworkingSpec.NONE;

	private CapabilitySet capabilities = CapabilitySet.DEFAULT;

	SpecBuilder(ContainerId id, Path layer) {
		this(id, List.of(layer));
	}

	SpecBuilder(ContainerId id, List<Path> layers) {
		this.id = id;
		this.layers = layers;
	}

	SpecBuilder run(String... arguments) {
		this.arguments = List.of(arguments);
		return this;
	}

	SpecBuilder shell(String script) {
		return run("sh", "-c", script);
	}

	SpecBuilder terminal() {
		this.terminal = true;
		return this;
	}

	SpecBuilder openStdin() {
		this.openStdin = true;
		return this;
	}

	SpecBuilder noNewPrivileges() {
		this.noNewPrivileges = true;
		return this;
	}

	SpecBuilder namespaces(NamespaceSpec namespaces) {
		this.namespaces = namespaces;
		return this;
	}

	SpecBuilder resources(ResourceSpec resources) {
		this.resources = resources;
		return this;
	}

	SpecBuilder networking(NetworkingSpec networking) {
		this.networking = networking;
		return this;
	}

	SpecBuilder capabilities(CapabilitySet capabilities) {
		this.capabilities = capabilities;
		return this;
	}

	SpecBuilder mount(MountSpec mount) {
		this.mounts.add(mount);
		return this;
	}

	SpecBuilder readOnly() {
		this.readOnly = true;
		return this;
	}

	ContainerSpec build() {
		ProcessSpec process = new ProcessSpec(this.arguments, List.of("PATH=/bin"), "/", "", List.of(), this.terminal,
				this.openStdin, false, List.of(), OptionalInt.empty());
		PrivilegeSpec privileges = new PrivilegeSpec(false, this.capabilities, this.noNewPrivileges,
				new PrivilegeSpec.SeccompChoice.Default(), new PrivilegeSpec.SelinuxChoice.Default(),
				PrivilegeSpec.DEFAULT_MASKED, PrivilegeSpec.DEFAULT_READ_ONLY);
		IdentitySpec identity = new IdentitySpec("box", "", List.of(), List.of(), List.of(), List.of());
		return new ContainerSpec(this.id, new RootSpec(this.layers, this.readOnly, 64 << 20), process, this.namespaces,
				identity, this.mounts, DeviceSpec.NONE, this.resources, privileges, SysctlSpec.NONE, this.networking);
	}

}
