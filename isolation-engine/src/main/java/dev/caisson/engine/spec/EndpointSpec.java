package dev.caisson.engine.spec;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A container's place in a network, as declared.
 *
 * @param network which
 * @param ip the IPv4 address; null takes a free one
 * @param ip6 the IPv6 address, where the network has IPv6; null takes a free one
 * @param mac the hardware address; null makes one from the IP address
 * @param names by which other containers of the network find it: the container's name,
 * its short id, aliases; the first is its own
 */
public record EndpointSpec(NetworkId network, @Nullable Inet4Address ip, @Nullable Inet6Address ip6,
		@Nullable MacAddress mac, List<String> names) {

	public EndpointSpec {
		names = List.copyOf(names);
	}

	public static EndpointSpec on(NetworkId network) {
		return new EndpointSpec(network, null, null, null, List.of());
	}

}
