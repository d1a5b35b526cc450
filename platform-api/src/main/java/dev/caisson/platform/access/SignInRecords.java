package dev.caisson.platform.access;

import java.util.Map;

import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.log.AuditLog;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.AbstractAuthenticationFailureEvent;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;

/** Puts into the audit log who signed in to the dashboard, and who tried to. */
@Component
final class SignInRecords {

	private final AuditLog log;

	SignInRecords(AuditLog log) {
		this.log = log;
	}

	/**
	 * A sign-in that cannot be recorded does not take place: this is called within it.
	 */
	@EventListener
	void succeeded(InteractiveAuthenticationSuccessEvent event) {
		record(event.getAuthentication(), AuditEntry.SUCCESS);
	}

	@EventListener
	void failed(AbstractAuthenticationFailureEvent event) {
		record(event.getAuthentication(), AuditEntry.DENIED);
	}

	private void record(Authentication attempt, String outcome) {
		String address = address(attempt.getDetails());
		this.log.append(new AuditEntry(AuditEntry.Kind.EVENT, "",
				new Actor(attempt.getName(), Map.of("auth", "session", "address", address)), address, "sign-in",
				"access/accounts/" + attempt.getName(), outcome, Map.of()));
	}

	private static String address(@Nullable Object details) {
		return (details instanceof WebAuthenticationDetails known) ? String.valueOf(known.getRemoteAddress()) : "";
	}

}
