package dev.caisson.platform.container.definition;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.caisson.engine.container.LogSettings;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.RootSpec;
import dev.caisson.engine.spec.SysctlSpec;
import dev.caisson.platform.network.Network;
import dev.caisson.platform.network.NetworkDirectory;

/**
 * From Docker's words to the engine's. Pure: nothing is made, looked up or remembered
 * here. What cannot be is refused with an
 * {@link dev.caisson.engine.spec.InvalidSpecException} in Docker's wording.
 */
public final class SpecTranslation {

	private final HostFacts facts;

	private final Peers peers;

	private final NetworkDirectory directory;

	private final NetworkWords networks;

	public SpecTranslation(HostFacts facts, Peers peers, NetworkDirectory networks) {
		this.facts = facts;
		this.peers = peers;
		this.directory = networks;
		this.networks = new NetworkWords(networks);
	}

	/**
	 * Merges a request with its image and makes every choice that it leaves open.
	 * @param volumeNames makes names for anonymous volumes
	 */
	public Definition define(CreateRequest request, ImageConfig image, Supplier<String> volumeNames) {
		ContainerConfig config = ImageDefaults.merge(request.config(), image);
		HostConfig host = request.hostConfig();
		Checks.config(config);
		Checks.host(config, host);
		PortNotation.check(config, host);
		List<MountPoint> mounts = new MountChoices(this.facts, this.peers, volumeNames).choose(config, host);
		return new Definition(config, host, this.networks.choose(config, host, request.endpoints()), mounts);
	}

	/**
	 * Makes the spec to start.
	 * @param name of the container
	 * @param layers of the image, the lowest first
	 */
	public ContainerSpec specify(ContainerId id, String name, Definition definition, List<Path> layers) {
		ContainerConfig config = definition.config();
		HostConfig host = definition.hostConfig();
		String hostname = hostname(id, config, host);
		return new ContainerSpec(id, new RootSpec(layers, host.readonlyRootfs(), host.shmSize()),
				ProcessWords.translate(config, host, hostname), NamespaceWords.translate(host, config, this.peers),
				IdentityWords.translate(hostname, config, host, this.directory), mounts(definition),
				DeviceWords.translate(host), ResourceWords.translate(host, this.facts), PrivilegeWords.translate(host),
				SysctlSpec.of(host.sysctls()), this.networks.translate(id, name, definition));
	}

	/**
	 * How a container is on a network that it joins.
	 * @throws dev.caisson.engine.spec.InvalidSpecException in Docker's words
	 */
	public EndpointSpec endpoint(ContainerId id, String name, ContainerConfig config, Network network,
			EndpointSettings settings) {
		NetworkWords.check(network, settings);
		return NetworkWords.endpoint(network, settings, NetworkWords.names(id, name, config, settings));
	}

	/** By which others on a network find a container: its own name first. */
	public List<String> names(ContainerId id, String name, ContainerConfig config, EndpointSettings settings) {
		return NetworkWords.names(id, name, config, settings);
	}

	/** How the output is kept. */
	public LogSettings logSettings(Definition definition) {
		return LogWords.translate(definition.hostConfig().logConfig());
	}

	/**
	 * What the client should know although the container was created, besides what the
	 * host leaves out.
	 */
	public List<String> warnings(Definition definition) {
		HostConfig host = definition.hostConfig();
		List<String> warnings = new ArrayList<>(PrivilegeWords.warnings(host));
		if (host.networkMode().equals("host") && (!host.portBindings().isEmpty() || host.publishAllPorts())) {
			warnings.add("Published ports are discarded when using host network mode");
		}
		if (host.ipcMode().equals("none")) {
			warnings.add("The IPC mode none is the same as private here: /dev/shm is mounted.");
		}
		return warnings;
	}

	private String hostname(ContainerId id, ContainerConfig config, HostConfig host) {
		if (host.utsMode().equals("host") || (config.hostname().isEmpty() && host.networkMode().equals("host"))) {
			return this.facts.hostname();
		}
		if (config.hostname().isEmpty() && host.networkMode().startsWith(NamespaceWords.OF_CONTAINER)) {
			return this.peers.find(host.networkMode().substring(NamespaceWords.OF_CONTAINER.length())).hostname();
		}
		return config.hostname().isEmpty() ? id.shortForm() : config.hostname();
	}

	private List<MountSpec> mounts(Definition definition) {
		List<MountSpec> mounts = new ArrayList<>();
		for (MountPoint mount : definition.mounts()) {
			mounts.add(mountSpec(mount));
		}
		definition.hostConfig().tmpfs().forEach((target, options) -> {
			List<String> merged = TmpfsWords.merge(options);
			mounts.add(new MountSpec.Tmpfs(MountChoices.clean(target), merged.contains("ro"), merged));
		});
		return mounts;
	}

	private MountSpec mountSpec(MountPoint mount) {
		return switch (mount.type()) {
			case TMPFS -> new MountSpec.Tmpfs(mount.destination(), !mount.writable(), mount.tmpfsOptions());
			case BIND,
					VOLUME ->
				new MountSpec.Bind(Path.of(mount.source()), mount.destination(), !mount.writable(), mount.recursive(),
						mount.propagation(), mount.createSource(),
						// a host without SELinux has no labels to give, as with Docker
						this.facts.selinux() ? mount.relabel() : MountSpec.Relabel.NONE);
		};
	}

}
