package dev.caisson.persistence.audit.log;

/** A record cannot be written, so what it is about must not be done. */
public final class AuditUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	AuditUnavailableException(String reason, Throwable cause) {
		super("the audit log cannot be written, so nothing was done: " + reason, cause);
	}

	AuditUnavailableException(String reason) {
		super("the audit log cannot be written, so nothing was done: " + reason);
	}

}
