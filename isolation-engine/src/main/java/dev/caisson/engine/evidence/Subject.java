package dev.caisson.engine.evidence;

import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

import dev.caisson.engine.cgroup.Cgroup;
import dev.caisson.engine.linux.ProcessIdentity;
import dev.caisson.engine.seccomp.SeccompFilter;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.DeviceSpec;

/**
 * A running container, and what its spec comes to on this host.
 *
 * @param process its first process
 * @param declared what was asked for
 * @param cgroup its control group
 * @param devices the device rules it was given
 * @param capabilities what the host could give of what was declared
 * @param filter the filter that was compiled for it; empty if unconfined
 * @param label its LSM label as the kernel shows it
 * @param hasLabels whether this host has SELinux
 * @param pidOf the first process of another running container
 */
public record Subject(ProcessIdentity process, ContainerSpec declared, Cgroup cgroup, List<DeviceSpec.Rule> devices,
		CapabilitySet capabilities, Optional<SeccompFilter> filter, Optional<String> label, boolean hasLabels,
		ToIntFunction<ContainerId> pidOf) {

	public Subject {
		devices = List.copyOf(devices);
	}

	int pid() {
		return this.process.pid();
	}

}
