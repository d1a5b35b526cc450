package dev.caisson.engine.network;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.NetworkSpec;
import org.jspecify.annotations.Nullable;

/** Which addresses of a network are taken. Not thread-safe. */
final class AddressBook {

	/**
	 * More than any host has containers; of a larger subnet only so many are given out.
	 */
	private static final long MOST = 1 << 22;

	private final NetworkSpec network;

	private final List<Pool> pools = new ArrayList<>();

	/** The gateways, reserved, first and last addresses are taken. */
	AddressBook(NetworkSpec network) {
		this.network = network;
		network.pools().forEach((pool) -> this.pools.add(new Pool(pool)));
	}

	/** The same network with a gateway in every pool. */
	static NetworkSpec withGateways(NetworkSpec network) {
		List<AddressPool> completed = new ArrayList<>();
		for (AddressPool pool : network.pools()) {
			completed.add((pool.gateway() != null) ? pool : pool.withGateway(new Pool(pool).takeFirst()));
		}
		return network.withPools(completed);
	}

	/**
	 * Takes an address.
	 * @param wanted null takes a free one
	 * @param ipv6 of which family
	 * @throws NetworkException if it is taken, or none is free
	 * @throws InvalidSpecException if it is in no subnet
	 */
	InterfaceAddress take(@Nullable InetAddress wanted, boolean ipv6) {
		if (wanted == null) {
			return takeFree(ipv6);
		}
		for (Pool pool : this.pools) {
			if (pool.spec.subnet().contains(wanted)) {
				if (!pool.take(wanted)) {
					throw new NetworkException(NetworkException.Reason.ADDRESS_TAKEN,
							"Address already in use: " + IpAddress.text(wanted) + " of network " + this.network.name());
				}
				return pool.interfaceAddress(wanted);
			}
		}
		throw new InvalidSpecException("NetworkingConfig.EndpointsConfig.IPAMConfig",
				"invalid endpoint settings: no configured subnet contains IP address " + IpAddress.text(wanted));
	}

	private InterfaceAddress takeFree(boolean ipv6) {
		for (Pool pool : this.pools) {
			if (pool.spec.subnet().isIpv6() == ipv6) {
				InetAddress free = pool.tryTakeFree();
				if (free != null) {
					return pool.interfaceAddress(free);
				}
			}
		}
		throw new NetworkException(NetworkException.Reason.EXHAUSTED,
				"no available " + (ipv6 ? "IPv6" : "IPv4") + " addresses on this network's address pools: "
						+ this.network.name() + " (" + this.network.id() + ")");
	}

	/** Takes an address that a container has, whatever the book says. */
	void reclaim(InetAddress address) {
		this.pools.stream()
			.filter((pool) -> pool.spec.subnet().contains(address))
			.forEach((pool) -> pool.take(address));
	}

	void release(InetAddress address) {
		this.pools.stream()
			.filter((pool) -> pool.spec.subnet().contains(address))
			.forEach((pool) -> pool.release(address));
	}

	private static final class Pool {

		private final AddressPool spec;

		private final BitSet taken = new BitSet();

		/** Of the range, relative to the subnet's first address. */
		private final long first;

		private final long last;

		/** Addresses that a static choice took beyond what the set can hold. */
		private final List<InetAddress> distant = new ArrayList<>();

		Pool(AddressPool spec) {
			this.spec = spec;
			CidrBlock range = (spec.range() != null) ? spec.range() : spec.subnet();
			this.first = bounded(spec.subnet().offset(range.network()));
			this.last = bounded(spec.subnet().offset(range.last()));
			take(spec.subnet().network());
			if (!spec.subnet().isIpv6()) {
				take(spec.subnet().last());
			}
			if (spec.gateway() != null) {
				take(spec.gateway());
			}
			spec.reserved().values().forEach(this::take);
		}

		private static long bounded(BigInteger offset) {
			return offset.min(BigInteger.valueOf(Integer.MAX_VALUE)).longValueExact();
		}

		InetAddress takeFirst() {
			this.taken.set(1);
			return this.spec.subnet().at(1);
		}

		@Nullable InetAddress tryTakeFree() {
			int free = this.taken.nextClearBit((int) this.first);
			if (free > this.last || free - this.first > MOST) {
				return null;
			}
			this.taken.set(free);
			return this.spec.subnet().at(free);
		}

		boolean take(InetAddress address) {
			BigInteger offset = this.spec.subnet().offset(address);
			if (offset.compareTo(BigInteger.valueOf(MOST)) > 0) {
				return !this.distant.contains(address) && this.distant.add(address);
			}
			boolean free = !this.taken.get(offset.intValueExact());
			this.taken.set(offset.intValueExact());
			return free;
		}

		void release(InetAddress address) {
			BigInteger offset = this.spec.subnet().offset(address);
			if (offset.compareTo(BigInteger.valueOf(MOST)) > 0) {
				this.distant.remove(address);
			}
			else {
				this.taken.clear(offset.intValueExact());
			}
		}

		InterfaceAddress interfaceAddress(InetAddress address) {
			return new InterfaceAddress(address, this.spec.subnet().prefix(), this.spec.gateway());
		}

	}

}
