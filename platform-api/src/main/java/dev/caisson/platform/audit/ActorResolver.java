package dev.caisson.platform.audit;

import java.util.Optional;

import dev.caisson.persistence.audit.Actor;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Finds out who makes a request. Beans of this type are asked in their order; a way of
 * signing in (a token, a session, a certificate) is one more bean, ordered before the
 * connection's own.
 */
public interface ActorResolver {

	/** The actor, if this is how he has authenticated. */
	Optional<Actor> resolve(HttpServletRequest request);

}
