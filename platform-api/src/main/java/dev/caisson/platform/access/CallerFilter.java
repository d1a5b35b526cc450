package dev.caisson.platform.access;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

import dev.caisson.platform.server.LocalSocket;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds out who sent a request: by its socket, its token, its certificate or its session,
 * in this order. A token that is wrong is nobody's, even where there is a session.
 */
final class CallerFilter extends OncePerRequestFilter {

	private static final String BEARER = "Bearer ", CERTIFICATES = "jakarta.servlet.request.X509Certificate";

	private final Accounts accounts;

	private final Tokens tokens;

	private final Map<Path, SocketScope> scopes;

	CallerFilter(Accounts accounts, Tokens tokens, AccessSettings settings) {
		this.accounts = accounts;
		this.tokens = tokens;
		this.scopes = settings.sockets()
			.stream()
			.collect(Collectors.toUnmodifiableMap(AccessSettings.ExtraSocket::path,
					(socket) -> SocketScope.named(socket.preset())));
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		find(request).ifPresent((caller) -> caller.attachTo(request));
		chain.doFilter(request, response);
	}

	private Optional<Caller> find(HttpServletRequest request) {
		Optional<Path> socket = LocalSocket.of(request);
		if (socket.isPresent()) {
			return Optional.of(Caller.onSocket(this.scopes.getOrDefault(socket.get(), SocketScope.FULL)));
		}
		if (isBearer(request)) {
			return this.tokens.authenticate(request.getHeader("Authorization").substring(BEARER.length()).strip());
		}
		return ofCertificate(request).or(this::ofSession);
	}

	/** Whether a request brings a credential that a browser would not send by itself. */
	static boolean isBearer(HttpServletRequest request) {
		String header = request.getHeader("Authorization");
		return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length());
	}

	/**
	 * Tomcat has verified it against the authorities of {@code caisson.access.client-ca}.
	 */
	private static Optional<Caller> ofCertificate(HttpServletRequest request) {
		return (request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0)
				? Optional
					.of(new Caller(commonName(chain[0]), Caller.Kind.CERTIFICATE, Role.ADMIN, "", SocketScope.FULL))
				: Optional.empty();
	}

	private static String commonName(X509Certificate certificate) {
		String subject = certificate.getSubjectX500Principal().getName();
		try {
			return new LdapName(subject).getRdns()
				.stream()
				.filter((part) -> part.getType().equalsIgnoreCase("CN"))
				.map((part) -> part.getValue().toString())
				.findFirst()
				.orElse(subject);
		}
		catch (InvalidNameException ex) {
			return subject;
		}
	}

	/** The role is that of now: an account that is removed is out at once. */
	private Optional<Caller> ofSession() {
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		if (authentication == null || !authentication.isAuthenticated()
				|| authentication instanceof AnonymousAuthenticationToken) {
			return Optional.empty();
		}
		String name = authentication.getName();
		return this.accounts.role(name).map((role) -> Caller.session(name, role));
	}

}
