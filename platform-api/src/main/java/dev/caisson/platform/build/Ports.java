package dev.caisson.platform.build;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Ports as EXPOSE has them: {@code 80}, {@code 53/udp}, {@code 7000-7005}. */
final class Ports {

	private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");

	private static final int MOST = 65535;

	private Ports() {
	}

	/**
	 * Each port with its protocol.
	 * @throws BuildException in Docker's words if it is none
	 */
	static List<String> parse(String word) {
		String[] parts = word.split("/", 2);
		String protocol = (parts.length > 1 && !parts[1].isEmpty()) ? parts[1].toLowerCase(java.util.Locale.ROOT)
				: "tcp";
		if (!PROTOCOLS.contains(protocol)) {
			throw new BuildException("invalid proto: " + protocol);
		}
		String[] range = parts[0].split("-", 2);
		int first = number(range[0], word);
		int last = (range.length > 1) ? number(range[1], word) : first;
		if (last < first) {
			throw new BuildException("invalid containerPort: " + word);
		}
		return IntStream.rangeClosed(first, last).mapToObj((port) -> port + "/" + protocol).toList();
	}

	private static int number(String text, String word) {
		try {
			int port = Integer.parseInt(text);
			if (port >= 1 && port <= MOST) {
				return port;
			}
		}
		catch (NumberFormatException ex) {
			// said below
		}
		throw new BuildException("invalid containerPort: " + word);
	}

}
