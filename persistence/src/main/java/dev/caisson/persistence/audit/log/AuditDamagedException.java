package dev.caisson.persistence.audit.log;

/** What is kept is not what was recorded. */
public final class AuditDamagedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	AuditDamagedException(String message) {
		super(message);
	}

}
