package dev.caisson.platform.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import dev.caisson.platform.server.StartRefusedException;

/**
 * What a unix socket is for. Besides the one that may do everything there can be others,
 * for programs that are not to be as good as root.
 */
public enum SocketScope {

	FULL(Role.ADMIN, Set.of()),

	/** Everything that changes nothing and takes nothing out of containers. */
	READ_ONLY(Role.VIEWER, Set.of()),

	/** What Prometheus asks for when it looks for targets, and its metrics. */
	PROMETHEUS(Role.VIEWER, Set.of("/_ping", "/version", "/info", "/containers/json", "/networks")),

	/** What Traefik's Docker provider asks for. */
	TRAEFIK(Role.VIEWER, Set.of("/_ping", "/version", "/info", "/containers/json", "/containers/{reference}/json",
			"/networks", "/networks/{id}", "/events"));

	private final Role role;

	private final Set<String> patterns;

	SocketScope(Role role, Set<String> patterns) {
		this.role = role;
		this.patterns = patterns;
	}

	Role role() {
		return this.role;
	}

	/** Whether an endpoint may be asked for by this socket, whatever the role may. */
	boolean covers(String pattern) {
		return this.patterns.isEmpty() || this.patterns.contains(pattern);
	}

	String word() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * The scope of a word.
	 * @throws StartRefusedException if there is none
	 */
	static SocketScope named(String word) {
		List<SocketScope> all = Arrays.asList(values());
		return all.stream()
			.filter((scope) -> scope.word().equals(word))
			.findFirst()
			.orElseThrow(() -> new StartRefusedException("there is no socket preset " + word,
					"use one of " + all.stream().map(SocketScope::word).collect(Collectors.joining(", "))));
	}

}
