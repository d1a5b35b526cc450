package dev.caisson.platform.audit;

import java.util.Map;

import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A call whose intent is recorded.
 *
 * @param id of the request
 * @param pattern of its path
 * @param variables in the path
 * @param before what the target was like
 * @param begin {@link System#nanoTime()}
 */
record AuditedCall(String id, Actor actor, String source, String action, String pattern, Map<String, String> variables,
		String target, Map<String, Object> before, Redaction.Pass redaction, long begin) {

	AuditEntry outcome(@Nullable String madeTarget, String outcome, Map<String, Object> details) {
		return new AuditEntry(Kind.OUTCOME, this.id, this.actor, this.source, this.action,
				(madeTarget != null) ? madeTarget : this.target, outcome, details);
	}

}
