package dev.caisson.platform.evidence;

import java.time.Instant;
import java.util.List;

import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.IsolationReport;

/**
 * The latest report of a container and what became of it.
 *
 * @param container 64 hex digits
 * @param name when it was observed
 * @param cause why it was observed
 * @param report what the kernel said
 * @param record its place in the audit log; -1 if it is not sealed
 * @param sealedAt when that was
 * @param drift since when each difference has been seen, the oldest first
 */
public record Observed(String container, String name, Cause cause, IsolationReport report, long record,
		Instant sealedAt, List<Drift> drift) {

	public Observed {
		drift = List.copyOf(drift);
	}

	/** Why somebody looked. */
	public enum Cause {

		START, EXEC, UPDATE, DRIFT, REQUEST;

		String word() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

	}

	/**
	 * A difference that was not there when the run began.
	 *
	 * @param finding what differs
	 * @param since when it was first seen
	 */
	public record Drift(Finding finding, Instant since) {
	}

}
