package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.IdentitySpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.platform.network.NetworkDirectory;

/** How the container calls itself and finds others. */
final class IdentityWords {

	/** Digits, or hex digits and at least two colons: never a name to look up. */
	private static final Pattern ADDRESS = Pattern
		.compile("(\\d{1,3}\\.){3}\\d{1,3}|(?=.*:.*:)[0-9A-Fa-f:.]+(%[\\w.-]+)?");

	private IdentityWords() {
	}

	static IdentitySpec translate(String hostname, ContainerConfig config, HostConfig host, NetworkDirectory networks) {
		host.dns().forEach((server) -> checkAddress("HostConfig.Dns", "invalid IP address: " + server, server));
		return new IdentitySpec(hostname, config.domainname(),
				host.extraHosts().stream().map((text) -> extraHost(text, networks)).toList(), host.dns(),
				host.dnsSearch(), host.dnsOptions());
	}

	/** {@code name:address} or, in newer clients, {@code name=address}. */
	private static String extraHost(String text, NetworkDirectory networks) {
		int separator = separator(text);
		String address = text.substring(separator + 1).replaceFirst("^\\[(.*)]$", "$1");
		if (address.equals("host-gateway")) {
			return text.substring(0, separator) + ":" + IpAddress.text(networks.hostGateway());
		}
		checkAddress("HostConfig.ExtraHosts", "invalid IP address in add-host: \"" + address + "\"", address);
		return text.substring(0, separator) + ":" + address;
	}

	private static int separator(String text) {
		int equals = text.indexOf('=');
		int separator = (equals > 0) ? equals : text.indexOf(':');
		if (separator < 1) {
			throw new InvalidSpecException("HostConfig.ExtraHosts", "bad format for add-host: \"" + text + "\"");
		}
		return separator;
	}

	private static void checkAddress(String field, String message, String address) {
		if (!ADDRESS.matcher(address).matches() || !isAddress(address)) {
			throw new InvalidSpecException(field, message);
		}
	}

	private static boolean isAddress(String literal) {
		try {
			List.of(java.net.InetAddress.ofLiteral(literal));
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
