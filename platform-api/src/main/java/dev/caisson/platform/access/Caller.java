package dev.caisson.platform.access;

import java.util.Optional;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Who sent a request, and how that is known.
 *
 * @param name of the account, token or certificate; {@code socket} on the unix socket,
 * whose peer the audit log asks the kernel for
 * @param kind how he was authenticated
 * @param role what he may do
 * @param label {@code name=value} of the containers that he may see; empty is all
 * @param scope what the socket is for, by which he came
 */
public record Caller(String name, Kind kind, Role role, String label, SocketScope scope) {

	private static final String ATTRIBUTE = Caller.class.getName();

	/** How somebody was authenticated. */
	public enum Kind {

		SOCKET, SESSION, TOKEN, CERTIFICATE

	}

	static Caller session(String name, Role role) {
		return new Caller(name, Kind.SESSION, role, "", SocketScope.FULL);
	}

	static Caller onSocket(SocketScope scope) {
		return new Caller("socket", Kind.SOCKET, scope.role(), "", scope);
	}

	/** Who sent this request; empty if nobody knows. */
	public static Optional<Caller> of(HttpServletRequest request) {
		return Optional.ofNullable((Caller) request.getAttribute(ATTRIBUTE));
	}

	void attachTo(HttpServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

	public boolean may(Permission permission) {
		return this.role.may(permission);
	}

	public boolean isScoped() {
		return !this.label.isEmpty();
	}

}
