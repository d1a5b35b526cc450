package dev.caisson.engine.spec;

import java.net.InetAddress;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Addresses of a network, of one family.
 *
 * @param subnet all of them
 * @param gateway the bridge's own; null takes the first free one
 * @param range from which containers get theirs unless they ask for one; null is all
 * @param reserved never given out, by name: Docker's auxiliary addresses
 */
public record AddressPool(CidrBlock subnet, @Nullable InetAddress gateway, @Nullable CidrBlock range,
		Map<String, InetAddress> reserved) {

	private static final int SMALLEST_IPV4 = 30, SMALLEST_IPV6 = 126;

	public AddressPool {
		reserved = Map.copyOf(reserved);
		if (subnet.prefix() > (subnet.isIpv6() ? SMALLEST_IPV6 : SMALLEST_IPV4)) {
			throw new InvalidSpecException("IPAM.Config.Subnet",
					"invalid subnet " + subnet + ": it has no room for a gateway and a container");
		}
		if (range != null && !subnet.contains(range)) {
			throw new InvalidSpecException("IPAM.Config.IPRange",
					"invalid ip-range " + range + ": it is not contained in subnet " + subnet);
		}
		check("gateway", gateway, subnet);
		reserved.forEach((name, address) -> check("auxiliary address " + name, address, subnet));
	}

	public static AddressPool of(CidrBlock subnet) {
		return new AddressPool(subnet, null, null, Map.of());
	}

	public AddressPool withGateway(InetAddress address) {
		return new AddressPool(this.subnet, address, this.range, this.reserved);
	}

	private static void check(String what, @Nullable InetAddress address, CidrBlock subnet) {
		if (address != null && !subnet.contains(address)) {
			throw new InvalidSpecException("IPAM.Config",
					"invalid " + what + " " + IpAddress.text(address) + ": parent subnet is " + subnet);
		}
	}

}
