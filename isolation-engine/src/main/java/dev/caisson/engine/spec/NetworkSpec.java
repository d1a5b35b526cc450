package dev.caisson.engine.spec;

import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A bridge network, as declared. The engine completes what is left open, see
 * {@code Networks.define}.
 *
 * @param id its id
 * @param name for messages
 * @param device the Linux bridge; empty takes {@code br-} and the id's first digits
 * @param pools its addresses; none of a family that it has takes a free pool
 * @param ipv6 whether it has IPv6 besides IPv4
 * @param internal whether there is no way out of it
 * @param icc whether its containers reach each other
 * @param masquerade whether what leaves it takes the host's address
 * @param mtu bytes; 0 takes the kernel's
 * @param publishAddress where ports are published that name no host address; null takes
 * the engine's setting
 */
public record NetworkSpec(NetworkId id, String name, String device, List<AddressPool> pools, boolean ipv6,
		boolean internal, boolean icc, boolean masquerade, int mtu, @Nullable InetAddress publishAddress) {

	/** Of linux/if.h: IFNAMSIZ, with its NUL. */
	private static final int LONGEST_DEVICE = 15;

	private static final int SMALLEST_MTU = 68, SMALLEST_IPV6_MTU = 1280, LARGEST_MTU = 65_535;

	private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

	public NetworkSpec {
		pools = List.copyOf(pools);
		device = device.isEmpty() ? "br-" + id.shortForm() : device;
		if (device.length() > LONGEST_DEVICE || !DEVICE.matcher(device).matches()) {
			throw new InvalidSpecException("Options.com.docker.network.bridge.name", "invalid bridge name " + device
					+ ": use up to " + LONGEST_DEVICE + " letters, digits, '_', '.' and '-'");
		}
		int smallest = ipv6 ? SMALLEST_IPV6_MTU : SMALLEST_MTU;
		if (mtu != 0 && (mtu < smallest || mtu > LARGEST_MTU)) {
			throw new InvalidSpecException("Options.com.docker.network.driver.mtu",
					"invalid MTU " + mtu + ": use " + smallest + " to " + LARGEST_MTU);
		}
		checkPools(pools, ipv6);
	}

	/** A network with Docker's defaults and one pool, or with none: then a free one. */
	public static NetworkSpec named(NetworkId id, String name, List<AddressPool> pools) {
		return new NetworkSpec(id, name, "", pools, false, false, true, true, 0, null);
	}

	public NetworkSpec withPools(List<AddressPool> completed) {
		return new NetworkSpec(this.id, this.name, this.device, completed, this.ipv6, this.internal, this.icc,
				this.masquerade, this.mtu, this.publishAddress);
	}

	public NetworkSpec withDevice(String bridge) {
		return new NetworkSpec(this.id, this.name, bridge, this.pools, this.ipv6, this.internal, this.icc,
				this.masquerade, this.mtu, this.publishAddress);
	}

	/** The pool that an address belongs to, or null. */
	public @Nullable AddressPool poolOf(InetAddress address) {
		return this.pools.stream().filter((pool) -> pool.subnet().contains(address)).findFirst().orElse(null);
	}

	private static void checkPools(List<AddressPool> pools, boolean ipv6) {
		for (AddressPool pool : pools) {
			if (pool.subnet().isIpv6() && !ipv6) {
				throw new InvalidSpecException("IPAM.Config.Subnet",
						"IPv6 subnet " + pool.subnet() + " on a network without IPv6: enable it with --ipv6");
			}
			for (AddressPool other : pools) {
				if (other != pool && other.subnet().overlaps(pool.subnet())) {
					throw new InvalidSpecException("IPAM.Config.Subnet",
							"subnets " + pool.subnet() + " and " + other.subnet() + " of one network overlap");
				}
			}
		}
	}

}
