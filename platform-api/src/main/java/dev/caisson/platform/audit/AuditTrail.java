package dev.caisson.platform.audit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Writes records of what this service does: of calls, and of what others of its rooms
 * want sealed, such as evidence of isolation or a sign-in. Safe for use by many threads.
 */
@Component
public final class AuditTrail {

	private static final Logger log = LoggerFactory.getLogger(AuditTrail.class);

	/** Outcomes that may wait until the log can be written again. */
	private static final int MOST_WAITING = 10_000;

	private final AuditLog auditLog;

	private final List<ActorResolver> actors;

	private final Deque<AuditEntry> waiting = new ArrayDeque<>();

	AuditTrail(AuditLog auditLog, List<ActorResolver> actors) {
		this.auditLog = auditLog;
		this.actors = actors;
	}

	/** Who makes a request. */
	public Actor actorOf(HttpServletRequest request) {
		return this.actors.stream()
			.flatMap((resolver) -> resolver.resolve(request).stream())
			.findFirst()
			.orElseGet(() -> new Actor("unknown", java.util.Map.of("auth", "unknown")));
	}

	/**
	 * Records what is about to be done.
	 * @throws AuditUnavailableException if it cannot be recorded: then it must not be
	 * done
	 */
	public void before(AuditEntry entry) {
		catchUp();
		this.auditLog.append(entry);
	}

	/**
	 * Records what was done or found. It cannot be undone, so if it cannot be recorded
	 * now it is recorded before the next.
	 */
	public void after(AuditEntry entry) {
		try {
			catchUp();
			this.auditLog.append(entry);
		}
		catch (AuditUnavailableException ex) {
			log.error("the outcome of {} {} waits for the audit log: {}", entry.action(), entry.target(),
					ex.getMessage());
			synchronized (this.waiting) {
				if (this.waiting.size() < MOST_WAITING) {
					this.waiting.add(entry);
				}
			}
		}
	}

	private void catchUp() {
		synchronized (this.waiting) {
			for (AuditEntry entry = this.waiting.peek(); entry != null; entry = this.waiting.peek()) {
				this.auditLog.append(entry);
				this.waiting.remove();
			}
		}
	}

}
