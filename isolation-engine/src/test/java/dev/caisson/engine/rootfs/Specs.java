package dev.caisson.engine.rootfs;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.IdentitySpec;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.ProcessSpec;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.spec.RootSpec;
import dev.caisson.engine.spec.SysctlSpec;

/** A spec as Docker's defaults make it, of which a test changes what it is about. */
final class Specs {

	static final ContainerId ID = new ContainerId("ab".repeat(32));

	private List<Path> layers = List.of(Path.of("/layer"));

	private boolean readOnly;

	private NamespaceSpec namespaces = NamespaceSpec.PRIVATE;

	private List<MountSpec> mounts = List.of();

	private DeviceSpec devices = DeviceSpec.NONE;

	private boolean privileged;

	private List<String> masked = PrivilegeSpec.DEFAULT_MASKED;

	private List<String> readOnlyPaths = PrivilegeSpec.DEFAULT_READ_ONLY;

	private SortedMap<String, String> sysctls = new TreeMap<>();

	private String workingDirectory = "/";

	Specs layers(List<Path> layers) {
		this.layers = layers;
		return this;
	}

	Specs readOnly() {
		this.readOnly = true;
		return this;
	}

	Specs namespaces(NamespaceSpec namespaces) {
		this.namespaces = namespaces;
		return this;
	}

	Specs mounts(MountSpec... mounts) {
		this.mounts = List.of(mounts);
		return this;
	}

	Specs device(String host, String path) {
		this.devices = new DeviceSpec(List.of(new DeviceSpec.Node(Path.of(host), path, "rwm")), List.of());
		return this;
	}

	Specs privileged() {
		this.privileged = true;
		return this;
	}

	Specs masked(String... paths) {
		this.masked = List.of(paths);
		return this;
	}

	Specs readOnlyPaths(String... paths) {
		this.readOnlyPaths = List.of(paths);
		return this;
	}

	Specs sysctl(String name, String value) {
		this.sysctls = new TreeMap<>(Map.of(name, value));
		return this;
	}

	Specs workingDirectory(String directory) {
		this.workingDirectory = directory;
		return this;
	}

	ContainerSpec build() {
		ProcessSpec process = new ProcessSpec(List.of("sleep", "1000"), List.of(), this.workingDirectory, "", List.of(),
				false, false, false, List.of(), OptionalInt.empty());
		IdentitySpec identity = new IdentitySpec("box", "", List.of(), List.of(), List.of(), List.of());
		PrivilegeSpec privileges = new PrivilegeSpec(this.privileged, CapabilitySet.DEFAULT, false,
				new PrivilegeSpec.SeccompChoice.Default(), new PrivilegeSpec.SelinuxChoice.Default(), this.masked,
				this.readOnlyPaths);
		return new ContainerSpec(ID, new RootSpec(this.layers, this.readOnly, RootSpec.DEFAULT_SHARED_MEMORY), process,
				this.namespaces, identity, this.mounts, this.devices, ResourceSpec.UNLIMITED, privileges,
				new SysctlSpec(this.sysctls));
	}

	static MountSpec.Bind bind(Path source, String target) {
		return new MountSpec.Bind(source, target, false, true, MountSpec.Propagation.RPRIVATE, false,
				MountSpec.Relabel.NONE);
	}

	static MountSpec.Bind readOnlyBind(Path source, String target) {
		return new MountSpec.Bind(source, target, true, true, MountSpec.Propagation.RPRIVATE, false,
				MountSpec.Relabel.NONE);
	}

	static MountSpec.Bind bind(Path source, String target, MountSpec.Propagation propagation) {
		return new MountSpec.Bind(source, target, false, true, propagation, false, MountSpec.Relabel.NONE);
	}

	static MountSpec.Tmpfs tmpfs(String target, String... options) {
		return new MountSpec.Tmpfs(target, false, List.of(options));
	}

}
