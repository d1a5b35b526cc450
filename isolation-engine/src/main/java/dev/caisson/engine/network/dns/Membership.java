package dev.caisson.engine.network.dns;

import java.net.InetAddress;
import java.util.List;

/**
 * That a container is on a network, as the names see it.
 *
 * @param network the network's id
 * @param networkName may follow a name, as in {@code web.backend}
 * @param named whether containers on it find each other by name; not so on the default
 * bridge
 * @param internal whether it has no way out: whoever is on no other asks nobody outside
 * @param names what the container is called there, the canonical one first
 * @param addresses of the container there
 */
public record Membership(String network, String networkName, boolean named, boolean internal, List<String> names,
		List<InetAddress> addresses) {

	public Membership {
		names = List.copyOf(names);
		addresses = List.copyOf(addresses);
	}

}
