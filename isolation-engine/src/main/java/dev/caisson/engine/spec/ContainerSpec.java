package dev.caisson.engine.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that the engine must know to start a container.
 *
 * @param id its id
 * @param root the layers and how they are mounted
 * @param process what runs in it
 * @param namespaces which namespaces are its own
 * @param identity host name and the files made from it
 * @param mounts binds, tmpfs and the like, in the order declared
 * @param devices nodes and access rules
 * @param resources limits
 * @param privileges capabilities, seccomp, labels, masks
 * @param sysctls namespaced kernel parameters
 * @param networking how its own network namespace is connected
 */
public record ContainerSpec(ContainerId id, RootSpec root, ProcessSpec process, NamespaceSpec namespaces,
		IdentitySpec identity, List<MountSpec> mounts, DeviceSpec devices, ResourceSpec resources,
		PrivilegeSpec privileges, SysctlSpec sysctls, NetworkingSpec networking) {

	public ContainerSpec {
		mounts = List.copyOf(mounts);
		Set<String> targets = new HashSet<>();
		for (MountSpec mount : mounts) {
			if (!targets.add(mount.target())) {
				throw new InvalidSpecException("HostConfig.Mounts", "Duplicate mount point: " + mount.target());
			}
		}
		sysctls.checkAgainst(namespaces);
		if (!networking.endpoints().isEmpty() && !(namespaces.network() instanceof NamespaceSpec.Source.Own)) {
			throw new InvalidSpecException("HostConfig.NetworkMode",
					"a container that shares a network namespace cannot be connected to networks");
		}
	}

	/** A container with loopback alone, where its network namespace is its own. */
	public ContainerSpec(ContainerId id, RootSpec root, ProcessSpec process, NamespaceSpec namespaces,
			IdentitySpec identity, List<MountSpec> mounts, DeviceSpec devices, ResourceSpec resources,
			PrivilegeSpec privileges, SysctlSpec sysctls) {
		this(id, root, process, namespaces, identity, mounts, devices, resources, privileges, sysctls,
				NetworkingSpec.NONE);
	}

	public ContainerSpec with(NetworkingSpec changed) {
		return new ContainerSpec(this.id, this.root, this.process, this.namespaces, this.identity, this.mounts,
				this.devices, this.resources, this.privileges, this.sysctls, changed);
	}

}
