package dev.caisson.engine.evidence;

import java.util.List;

import dev.caisson.engine.seccomp.Seccomp.ReadBack;
import dev.caisson.engine.seccomp.Seccomp.SeccompReport;
import dev.caisson.engine.seccomp.SeccompFilter;

/**
 * The filter that was compiled against those that the kernel has. A process may add
 * filters, which only take more away; it can take none off.
 */
record SeccompFindings(Subject subject, SeccompReport observed, Observation.FilterReading reading) {

	static final String MODE = "mode", FILTER = "filter";

	List<Finding> all() {
		if (this.subject.filter().isEmpty()) {
			boolean none = this.observed.mode() == SeccompReport.Mode.DISABLED;
			return List.of(new Finding(Mechanism.SECCOMP, MODE, "unconfined", mode(),
					none ? Verdict.NOT_ASKED : Verdict.PROVEN));
		}
		boolean filtered = this.observed.mode() == SeccompReport.Mode.FILTER;
		Finding mode = Finding.of(Mechanism.SECCOMP, MODE, "2 (filter)", mode(), filtered);
		return this.reading.equals(Observation.FilterReading.NONE) ? List.of(mode)
				: List.of(mode, filter(this.subject.filter().get()));
	}

	private String mode() {
		return this.observed.mode().ordinal() + " (" + this.observed.mode().name().toLowerCase(java.util.Locale.ROOT)
				+ ")";
	}

	private Finding filter(SeccompFilter compiled) {
		String declared = "sha256:" + compiled.digest();
		if (this.reading.filters().isEmpty()) {
			return Finding.unknown(Mechanism.SECCOMP, FILTER, declared, this.reading.reason());
		}
		List<String> digests = this.reading.filters().get().stream().map(ReadBack::digest).toList();
		boolean found = digests.contains(compiled.digest());
		String observed = found ? declared
				: String.join(", ", digests.stream().map((digest) -> "sha256:" + digest).toList());
		return Finding.of(Mechanism.SECCOMP, FILTER, declared, digests.isEmpty() ? "none" : observed, found);
	}

}
