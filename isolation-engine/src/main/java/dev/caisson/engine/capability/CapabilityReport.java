package dev.caisson.engine.capability;

import java.util.List;

import dev.caisson.engine.linux.ProcessStatus;
import dev.caisson.engine.spec.CapabilitySet;

/**
 * Who a process is and what it may do, as the kernel says, see proc_pid_status(5). Ids
 * are those of the reader's user namespace.
 *
 * @param inheritable what a program with inheritable file capabilities would get
 * @param permitted what it may make effective
 * @param effective what it may do now
 * @param bounding what it can ever gain
 * @param ambient what survives execve for other users than root
 * @param noNewPrivileges whether execve grants nothing
 * @param users real, effective, saved and file system user id
 * @param groups real, effective, saved and file system group id
 * @param additionalGroups in the kernel's order
 */
public record CapabilityReport(CapabilitySet inheritable, CapabilitySet permitted, CapabilitySet effective,
		CapabilitySet bounding, CapabilitySet ambient, boolean noNewPrivileges, List<Long> users, List<Long> groups,
		List<Long> additionalGroups) {

	public CapabilityReport {
		users = List.copyOf(users);
		groups = List.copyOf(groups);
		additionalGroups = List.copyOf(additionalGroups);
	}

	static CapabilityReport of(ProcessStatus status) {
		return new CapabilityReport(set(status, "CapInh"), set(status, "CapPrm"), set(status, "CapEff"),
				set(status, "CapBnd"), set(status, "CapAmb"), status.number("NoNewPrivs") == 1, status.numbers("Uid"),
				status.numbers("Gid"), status.numbers("Groups"));
	}

	private static CapabilitySet set(ProcessStatus status, String field) {
		return new CapabilitySet(status.bits(field));
	}

}
