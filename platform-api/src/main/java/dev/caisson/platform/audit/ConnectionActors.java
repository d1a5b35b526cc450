package dev.caisson.platform.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.caisson.engine.linux.SocketPeer;
import dev.caisson.persistence.audit.Actor;
import dev.caisson.platform.server.ConnectionPeer;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * The actor as the connection tells: the process behind a unix socket, or nobody in
 * particular behind TCP. What the kernel does not say is "unknown".
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
final class ConnectionActors implements ActorResolver {

	private static final String UNKNOWN = "unknown";

	@Override
	public Optional<Actor> resolve(HttpServletRequest request) {
		return Optional.of(ConnectionPeer.of(request).map(ConnectionActors::process).orElseGet(() -> remote(request)));
	}

	private static Actor process(SocketPeer peer) {
		Map<String, Object> facts = new HashMap<>();
		facts.put("auth", "unix-peer");
		facts.put("uid", Integer.toUnsignedLong(peer.uid()));
		facts.put("gid", Integer.toUnsignedLong(peer.gid()));
		facts.put("pid", (peer.pid() > 0) ? (Object) peer.pid() : UNKNOWN);
		facts.put("executable", peer.executable().orElse(UNKNOWN));
		facts.put("loginUid", peer.loginUid().isPresent() ? (Object) peer.loginUid().getAsLong() : UNKNOWN);
		facts.put("loginUser", peer.loginUid().isPresent() ? userName(peer.loginUid().getAsLong()) : UNKNOWN);
		facts.put("pidfd", peer.isPinned());
		return new Actor(userName(Integer.toUnsignedLong(peer.uid())), facts);
	}

	/** By the host's own file: users of a directory service are their numbers. */
	private static String userName(long uid) {
		String number = Long.toString(uid);
		try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
			return lines.map((line) -> line.split(":"))
				.filter((fields) -> fields.length > 2 && fields[2].equals(number))
				.map((fields) -> fields[0])
				.findFirst()
				.orElse("uid " + number);
		}
		catch (IOException ex) {
			return "uid " + number;
		}
	}

	private static Actor remote(HttpServletRequest request) {
		if (ConnectionPeer.sourceOf(request).equals("unix")) {
			return new Actor(UNKNOWN, Map.of("auth", "unix-peer", "uid", UNKNOWN));
		}
		return new Actor("anonymous", Map.of("auth", "none", "address", String.valueOf(request.getRemoteAddr())));
	}

}
