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
 */
public record ContainerSpec(ContainerId id, RootSpec root, ProcessSpec process, NamespaceSpec namespaces,
		IdentitySpec identity, List<MountSpec> mounts, DeviceSpec devices, ResourceSpec resources,
		PrivilegeSpec privileges, SysctlSpec sysctls) {

	public ContainerSpec {
		mounts = List.copyOf(mounts);
		Set<String> targets = new HashSet<>();
		for (MountSpec mount : mounts) {
			if (!targets.add(mount.target())) {
				throw new InvalidSpecException("HostConfig.Mounts", "Duplicate mount point: " + mount.target());
			}
		}
		sysctls.checkAgainst(namespaces);
	}

}
