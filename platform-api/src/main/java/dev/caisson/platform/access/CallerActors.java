package dev.caisson.platform.access;

import java.util.Map;
import java.util.Optional;

import dev.caisson.persistence.audit.Actor;
import dev.caisson.platform.audit.ActorResolver;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Tells the audit log who has signed in; of a socket's peer the kernel knows more. */
@Component
@Order(0)
final class CallerActors implements ActorResolver {

	@Override
	public Optional<Actor> resolve(HttpServletRequest request) {
		return Caller.of(request)
			.filter((caller) -> caller.kind() != Caller.Kind.SOCKET)
			.map((caller) -> actor(caller, request));
	}

	private static Actor actor(Caller caller, HttpServletRequest request) {
		return new Actor(caller.name(), Map.of("auth", caller.kind().name().toLowerCase(java.util.Locale.ROOT), "role",
				caller.role().word(), "label", caller.label(), "address", String.valueOf(request.getRemoteAddr())));
	}

}
