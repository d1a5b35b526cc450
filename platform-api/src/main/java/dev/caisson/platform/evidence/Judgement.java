package dev.caisson.platform.evidence;

import dev.caisson.platform.evidence.Control.Source;
import dev.caisson.platform.evidence.Control.Status;

/**
 * A status and what it rests on.
 *
 * @param status whether the control is met
 * @param source who says so
 * @param evidence what was seen
 */
record Judgement(Status status, Source source, String evidence) {

	static Judgement kernel(boolean met, String evidence) {
		return new Judgement(met ? Status.PASS : Status.FAIL, Source.KERNEL, evidence);
	}

	static Judgement configuration(boolean met, String evidence) {
		return new Judgement(met ? Status.PASS : Status.FAIL, Source.CONFIGURATION, evidence);
	}

	static Judgement notApplicable(Source source, String reason) {
		return new Judgement(Status.NOT_APPLICABLE, source, reason);
	}

}
