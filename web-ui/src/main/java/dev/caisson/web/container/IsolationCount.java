package dev.caisson.web.container;

import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.evidence.Verdict;
import dev.caisson.platform.evidence.Observed;

/**
 * How much of what was declared the kernel shows, as it was last observed.
 *
 * @param proven as declared
 * @param of all that was declared
 * @param drifted what is different
 * @param firstDrift in a sentence; empty if there is none
 */
public record IsolationCount(long proven, long of, long drifted, String firstDrift) {

	public static final IsolationCount NONE = new IsolationCount(0, 0, 0, "");

	public static IsolationCount of(Observed observed) {
		IsolationReport report = observed.report();
		long proven = report.count(Verdict.PROVEN);
		long drifted = report.count(Verdict.DIFFERS);
		return new IsolationCount(proven, proven + drifted + report.count(Verdict.UNKNOWN), drifted,
				report.differences().stream().findFirst().map(IsolationCount::sentence).orElse(""));
	}

	static String sentence(Finding finding) {
		return finding.item() + " was declared " + finding.declared() + ", the kernel says " + finding.observed();
	}

	public boolean isKnown() {
		return this.of > 0;
	}

	/** The style class. */
	public String verdict() {
		if (!isKnown()) {
			return "none";
		}
		return (this.drifted > 0) ? "drift" : (this.proven == this.of) ? "proven" : "none";
	}

	public String text() {
		return isKnown() ? this.proven + "/" + this.of : "not observed";
	}

}
