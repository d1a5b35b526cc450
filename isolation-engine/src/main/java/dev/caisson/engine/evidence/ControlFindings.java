package dev.caisson.engine.evidence;

import java.util.List;

import dev.caisson.engine.cgroup.ControlCheck;

/** The limits of the control group, file by file. */
record ControlFindings(Subject subject) {

	List<Finding> all() {
		return this.subject.cgroup()
			.compare(this.subject.declared().resources(), this.subject.devices(),
					this.subject.declared().privileges().privileged())
			.stream()
			.map(ControlFindings::finding)
			.toList();
	}

	private static Finding finding(ControlCheck check) {
		Verdict verdict = !check.holds() ? Verdict.DIFFERS : (check.asked() ? Verdict.PROVEN : Verdict.NOT_ASKED);
		return new Finding(Mechanism.CGROUP, check.file(), check.declared(), check.observed(), verdict);
	}

}
