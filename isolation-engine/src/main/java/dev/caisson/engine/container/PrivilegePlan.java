package dev.caisson.engine.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.capability.Capabilities;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.rootfs.ResolvedUser;
import dev.caisson.engine.seccomp.Seccomp;
import dev.caisson.engine.seccomp.SeccompFilter;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.ContainerSpec;

/**
 * The steps by which a process comes down to what a program of the container may do.
 *
 * @param host what there is to give
 * @param given what the program gets
 * @param filter the container's filter
 * @param noNewPrivileges whether execve grants nothing
 */
record PrivilegePlan(CapabilitySet host, CapabilitySet given, Optional<SeccompFilter> filter, boolean noNewPrivileges) {

	/** What the container's processes have. */
	static PrivilegePlan of(Mechanisms mechanisms, ContainerSpec spec) {
		CapabilitySet host = spec.namespaces().privateUsers() ? CapabilitySet.ALL : mechanisms.capabilities();
		CapabilitySet given = Capabilities.grant(spec.privileges().capabilities(), host).capabilities();
		return new PrivilegePlan(host, given, mechanisms.seccomp().compile(spec.privileges().seccomp(), given),
				spec.privileges().noNewPrivileges());
	}

	/** The same with all capabilities: the filter stays the container's. */
	PrivilegePlan withAllCapabilities() {
		return new PrivilegePlan(this.host, Capabilities.grant(CapabilitySet.ALL, this.host).capabilities(),
				this.filter, this.noNewPrivileges);
	}

	/** Adds the steps, in the order that {@link Capabilities} explains. */
	void plan(LaunchPlan.Section child, ResolvedUser user) {
		int[] groups = user.groups().stream().mapToInt(Integer::intValue).toArray();
		Capabilities.planBounding(child, this.given, this.host);
		if (!this.noNewPrivileges) {
			this.filter.ifPresent((program) -> Seccomp.plan(child, program));
		}
		Capabilities.planUser(child, user.uid(), user.gid(), groups, this.given);
		if (this.noNewPrivileges) {
			Capabilities.planNoNewPrivileges(child);
			this.filter.ifPresent((program) -> Seccomp.plan(child, program));
		}
	}

	/** The program's environment with the HOME of its user, unless it says another. */
	static List<String> environment(List<String> given, ResolvedUser user) {
		List<String> environment = new ArrayList<>(given);
		if (environment.stream().noneMatch((variable) -> variable.startsWith("HOME="))) {
			environment.add("HOME=" + user.home());
		}
		return environment;
	}

}
