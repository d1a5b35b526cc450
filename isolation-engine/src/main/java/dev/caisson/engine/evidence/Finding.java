package dev.caisson.engine.evidence;

/**
 * One thing that was declared, and what the kernel says of it.
 *
 * @param mechanism which wall it belongs to
 * @param item what it is, in the kernel's words: {@code pid}, {@code memory.max},
 * {@code /proc/kcore}
 * @param declared what was asked for
 * @param observed what was read, or why it could not be
 * @param verdict how the two stand to each other
 */
public record Finding(Mechanism mechanism, String item, String declared, String observed, Verdict verdict) {

	static Finding of(Mechanism mechanism, String item, String declared, String observed, boolean holds) {
		return new Finding(mechanism, item, declared, observed, holds ? Verdict.PROVEN : Verdict.DIFFERS);
	}

	static Finding unknown(Mechanism mechanism, String item, String declared, String reason) {
		return new Finding(mechanism, item, declared, reason, Verdict.UNKNOWN);
	}

}
