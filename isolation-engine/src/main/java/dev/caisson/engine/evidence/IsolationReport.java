package dev.caisson.engine.evidence;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.capability.CapabilityReport;
import dev.caisson.engine.namespace.NamespaceReport;
import dev.caisson.engine.rootfs.MountTable;
import dev.caisson.engine.seccomp.Seccomp.ReadBack;
import dev.caisson.engine.seccomp.Seccomp.SeccompReport;

/**
 * The isolation of one running container at one moment, as the kernel tells it.
 *
 * @param observedAt when the reading began
 * @param pid its first process, as the host numbers it
 * @param startTime of that process, clock ticks since boot
 * @param namespaces inodes, against the service's own
 * @param userIds the lines of its uid_map, see user_namespaces(7)
 * @param groupIds the lines of its gid_map
 * @param capabilities its sets and ids
 * @param seccomp its mode and number of filters
 * @param filters as read back, the oldest first; empty if they were not read
 * @param label its LSM label; empty where there is none
 * @param cgroup its path in the hierarchies
 * @param controls the limits by control file
 * @param mounts what it sees
 * @param findings everything that was declared, with a verdict
 */
public record IsolationReport(Instant observedAt, int pid, long startTime, NamespaceReport namespaces,
		List<String> userIds, List<String> groupIds, CapabilityReport capabilities, SeccompReport seccomp,
		Optional<List<ReadBack>> filters, Optional<String> label, String cgroup, Map<String, String> controls,
		MountTable mounts, List<Finding> findings) {

	public IsolationReport {
		userIds = List.copyOf(userIds);
		groupIds = List.copyOf(groupIds);
		controls = Map.copyOf(controls);
		findings = List.copyOf(findings);
	}

	public List<Finding> findings(Mechanism mechanism) {
		return this.findings.stream().filter((finding) -> finding.mechanism() == mechanism).toList();
	}

	/**
	 * This report with the filters of an earlier one of the same run: they are still
	 * there, for a filter cannot be taken off.
	 */
	public IsolationReport withFilters(IsolationReport earlier) {
		List<Finding> all = new ArrayList<>(this.findings);
		earlier.findings(Mechanism.SECCOMP)
			.stream()
			.filter((finding) -> finding.item().equals(SeccompFindings.FILTER))
			.forEach(all::add);
		return new IsolationReport(this.observedAt, this.pid, this.startTime, this.namespaces, this.userIds,
				this.groupIds, this.capabilities, this.seccomp, earlier.filters, this.label, this.cgroup, this.controls,
				this.mounts, all);
	}

	/** What is not as it was declared. */
	public List<Finding> differences() {
		return this.findings.stream().filter((finding) -> finding.verdict() == Verdict.DIFFERS).toList();
	}

	public long count(Verdict verdict) {
		return this.findings.stream().filter((finding) -> finding.verdict() == verdict).count();
	}

}
