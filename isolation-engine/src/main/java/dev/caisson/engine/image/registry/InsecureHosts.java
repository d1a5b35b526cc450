package dev.caisson.engine.image.registry;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** Tells which registries may be reached without proof of who they are. */
final class InsecureHosts {

	private final List<String> rules;

	InsecureHosts(List<String> rules) {
		this.rules = rules;
	}

	/**
	 * Refuses what is no rule.
	 * @throws IllegalArgumentException naming it
	 */
	static void check(String rule) {
		if (rule.isEmpty() || rule.contains("://") || (rule.indexOf('/') >= 0 && Network.parse(rule) == null)) {
			throw new IllegalArgumentException(
					"insecure registry \"" + rule + "\": must be host, host:port or a network such as 10.0.0.0/8");
		}
	}

	/**
	 * Whether one of the rules, or loopback, is meant.
	 * @param domain {@code host[:port]}
	 */
	boolean contain(String domain) {
		String host = host(domain);
		if (isLoopback(host)) {
			return true;
		}
		InetAddress address = literal(host);
		return this.rules.stream()
			.anyMatch((rule) -> rule.equalsIgnoreCase(domain) || rule.equalsIgnoreCase(host)
					|| (address != null && isInNetwork(address, rule)));
	}

	private static boolean isInNetwork(InetAddress address, String rule) {
		Network network = Network.parse(rule);
		return network != null && network.contains(address);
	}

	static boolean isLoopback(String host) {
		InetAddress address = literal(host);
		return host.equalsIgnoreCase("localhost") || (address != null && address.isLoopbackAddress());
	}

	/** Without its port and brackets. */
	static String host(String domain) {
		if (domain.startsWith("[")) {
			return domain.substring(1, domain.indexOf(']')).toLowerCase(Locale.ROOT);
		}
		int colon = domain.indexOf(':');
		return ((colon < 0) ? domain : domain.substring(0, colon)).toLowerCase(Locale.ROOT);
	}

	/** An address if this is one; a name is never resolved. */
	static @Nullable InetAddress literal(String host) {
		try {
			return InetAddress.ofLiteral(host);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
