package dev.caisson.engine.network;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.NetworkSpec;

/** Which subnets a new network may have: none that is reachable already. */
final class Subnets {

	/** Those that Docker takes, in its order. */
	private static final List<CidrBlock> IPV4 = new ArrayList<>();

	private static final int LARGE = 16, SMALL = 20, IPV6_PREFIX = 64;

	private static final SecureRandom RANDOM = new SecureRandom();

	static {
		for (int i = 17; i < 32; i++) {
			IPV4.add(CidrBlock.parse("172." + i + ".0.0/" + LARGE));
		}
		for (int i = 0; i < 256; i += 1 << (24 - SMALL)) {
			IPV4.add(CidrBlock.parse("192.168." + i + ".0/" + SMALL));
		}
	}

	private Subnets() {
	}

	/**
	 * The same network with a pool of each family that it has.
	 * @param others the pools of the other networks
	 * @param own the index of the network's bridge, whose routes are its own; 0 for none
	 * @throws NetworkException if a pool overlaps, or none is free
	 */
	static NetworkSpec complete(NetworkSpec spec, List<AddressPool> others, NetlinkSocket socket, int own) {
		List<Links.Route> routes = Links.routes(socket)
			.stream()
			.filter((route) -> route.destination().prefix() > 0 && (own == 0 || route.device() != own))
			// link-local networks are on every device
			.filter((route) -> !route.destination().network().isLinkLocalAddress())
			.toList();
		List<CidrBlock> taken = new ArrayList<>(others.stream().map(AddressPool::subnet).toList());
		for (AddressPool pool : spec.pools()) {
			refuseOverlap(spec, pool.subnet(), others, routes);
			taken.add(pool.subnet());
		}
		routes.forEach((route) -> taken.add(route.destination()));
		List<AddressPool> pools = new ArrayList<>(spec.pools());
		if (pools.stream().allMatch((pool) -> pool.subnet().isIpv6())) {
			pools.addFirst(AddressPool.of(freeIpv4(taken)));
		}
		if (spec.ipv6() && pools.stream().noneMatch((pool) -> pool.subnet().isIpv6())) {
			pools.add(AddressPool.of(freeIpv6(taken)));
		}
		return AddressBook.withGateways(spec.withPools(pools));
	}

	private static void refuseOverlap(NetworkSpec spec, CidrBlock subnet, List<AddressPool> others,
			List<Links.Route> routes) {
		for (AddressPool other : others) {
			if (other.subnet().overlaps(subnet)) {
				throw overlap("subnet " + subnet + " of network " + spec.name() + " and " + other.subnet()
						+ " of another network");
			}
		}
		for (Links.Route route : routes) {
			if (route.destination().overlaps(subnet)) {
				throw overlap("subnet " + subnet + " of network " + spec.name() + " and the host's route to "
						+ route.destination());
			}
		}
	}

	private static NetworkException overlap(String which) {
		return new NetworkException(NetworkException.Reason.OVERLAP,
				"Pool overlaps with other one on this address space: " + which);
	}

	private static CidrBlock freeIpv4(List<CidrBlock> taken) {
		return IPV4.stream()
			.filter((candidate) -> taken.stream().noneMatch(candidate::overlaps))
			.findFirst()
			.orElseThrow(() -> new NetworkException(NetworkException.Reason.EXHAUSTED,
					"all predefined address pools have been fully subnetted: name a --subnet"));
	}

	/** A random one of fd00::/8, as RFC 4193 section 3.2 wants it. */
	private static CidrBlock freeIpv6(List<CidrBlock> taken) {
		while (true) {
			byte[] bytes = new byte[16];
			RANDOM.nextBytes(bytes);
			bytes[0] = (byte) 0xfd;
			CidrBlock candidate = CidrBlock.around(IpAddress.of(bytes), IPV6_PREFIX);
			if (taken.stream().noneMatch(candidate::overlaps)) {
				return candidate;
			}
		}
	}

}
