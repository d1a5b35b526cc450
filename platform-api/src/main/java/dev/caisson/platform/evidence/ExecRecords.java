package dev.caisson.platform.evidence;

import java.util.List;
import java.util.Map;

import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditQuery;

import org.springframework.stereotype.Component;

/** What the audit log tells of further processes in a container. */
@Component
final class ExecRecords {

	/** The newest that are looked at. */
	private static final int MOST = 1000;

	private final AuditLog log;

	ExecRecords(AuditLog log) {
		this.log = log;
	}

	/** Of one container, by its whole id. */
	Facts.Execs of(String id) {
		List<Map<?, ?>> wanted = this.log
			.find(new AuditQuery(Map.of("target", "containers/" + id, "action", "POST /containers/{reference}/exec",
					"kind", AuditEntry.Kind.INTENT.word()), null, null, "", -1, MOST))
			.stream()
			.map(ExecRecords::body)
			.toList();
		return new Facts.Execs(wanted.stream().filter((body) -> Boolean.TRUE.equals(body.get("Privileged"))).count(),
				wanted.stream().filter(ExecRecords::isRoot).count());
	}

	private static Map<?, ?> body(AuditRecord record) {
		return (record.entry().details().get("body") instanceof Map<?, ?> body) ? body : Map.of();
	}

	/** By explicit wish; who names nobody gets the container's own user. */
	private static boolean isRoot(Map<?, ?> body) {
		String user = (body.get("User") instanceof String text) ? text.split(":", 2)[0] : "";
		return user.equals("root") || user.equals("0");
	}

}
