package dev.caisson.web.container;

import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.evidence.Verdict;
import dev.caisson.platform.container.ContainerOverview;
import dev.caisson.platform.evidence.Observed;

/**
 * How much of what was declared the kernel shows, as it was last observed.
 *
 * @param proven as declared
 * @param of all that was declared
 * @param drifted what is different
 * @param firstDrift in a sentence; empty if there is none
 * @param privileged whether little was declared in the first place
 */
public record IsolationCount(long proven, long of, long drifted, String firstDrift, boolean privileged) {

	public static final IsolationCount NONE = new IsolationCount(0, 0, 0, "", false);

	public static IsolationCount of(Observed observed) {
		IsolationReport report = observed.report();
		long proven = report.count(Verdict.PROVEN);
		long drifted = report.count(Verdict.DIFFERS);
		return new IsolationCount(proven, proven + drifted + report.count(Verdict.UNKNOWN), drifted,
				report.differences().stream().findFirst().map(IsolationCount::sentence).orElse(""), false);
	}

	/** What was seen of an earlier run says nothing of one that does not run. */
	IsolationCount of(ContainerOverview container) {
		return container.state().phase().isLive()
				? new IsolationCount(this.proven, this.of, this.drifted, this.firstDrift, container.privileged())
				: NONE;
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
		if (this.privileged) {
			return "breach";
		}
		return (this.drifted > 0) ? "drift" : (this.proven == this.of) ? "proven" : "none";
	}

	public String text() {
		return isKnown() ? this.proven + "/" + this.of + (this.privileged ? " privileged" : "") : "–";
	}

}
