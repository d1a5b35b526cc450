package dev.caisson.engine.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.NetlinkMessage;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.MacAddress;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;

/**
 * The Linux bridges of the networks. Each carries its network's id in its alias, so that
 * a later service knows its own. Safe for use by many threads.
 */
final class Bridges {

	private final NetlinkSocket socket;

	private final String mark;

	/**
	 * @param mark distinguishes this engine from others on the host
	 */
	Bridges(NetlinkSocket socket, String mark) {
		this.socket = socket;
		this.mark = mark;
	}

	/**
	 * The device of a network that was made before, if it is there.
	 * @throws NetworkException if the name is somebody else's
	 */
	Optional<Links.Device> own(NetworkSpec network) {
		Optional<Links.Device> found = Links.find(this.socket, network.device());
		found.filter((device) -> !device.alias().equals(alias(network.id()))).ifPresent((stranger) -> {
			throw new NetworkException(NetworkException.Reason.EXISTS, "cannot create network " + network.id() + " ("
					+ network.device() + "): a device of that name exists: choose another bridge name");
		});
		return found;
	}

	/** Where the pools are left open, those that the bridge has already. */
	NetworkSpec withItsPools(NetworkSpec network, Links.Device device) {
		if (!network.pools().isEmpty()) {
			return network;
		}
		List<AddressPool> pools = new ArrayList<>();
		for (InterfaceAddress address : Links.addresses(this.socket, device.index())) {
			if (!address.address().isLinkLocalAddress() && (network.ipv6() || !address.isIpv6())) {
				CidrBlock subnet = CidrBlock.around(address.address(), address.prefix());
				pools.add(AddressPool.of(subnet).withGateway(address.address()));
			}
		}
		return network.withPools(pools);
	}

	/**
	 * Makes the bridge of a completed network, or brings the one that is there into the
	 * state that it shall have.
	 * @return whether anything had to be changed
	 */
	boolean ensure(NetworkSpec network) {
		Optional<Links.Device> found = own(network);
		boolean changed = found.isEmpty();
		try {
			Links.Device device = found.orElseGet(() -> make(network));
			changed |= configure(network, device);
			return changed;
		}
		catch (RuntimeException ex) {
			if (found.isEmpty()) {
				deleteAfter(network, ex);
			}
			throw ex;
		}
	}

	private Links.Device make(NetworkSpec network) {
		// without one of its own, the bridge's address would be that of a port
		MacAddress mac = MacAddress.of(network.pools().getFirst().gateway());
		NetlinkMessage mark = Links.set(network.device(), false, "mark bridge")
			.attribute(Links.IFALIAS, alias(network.id()));
		this.socket.execute(Links.bridge(network.device(), network.mtu(), mac), mark);
		return Links.find(this.socket, network.device()).orElseThrow();
	}

	private boolean configure(NetworkSpec network, Links.Device device) {
		List<NetlinkMessage> messages = new ArrayList<>();
		if (!device.up()) {
			NetlinkMessage up = Links.set(network.device(), true, "bring up");
			messages.add(network.ipv6() ? up : Links.withoutIpv6(up));
		}
		Set<String> present = Links.addresses(this.socket, device.index())
			.stream()
			.map(InterfaceAddress::toString)
			.collect(Collectors.toSet());
		for (AddressPool pool : network.pools()) {
			InterfaceAddress wanted = new InterfaceAddress(pool.gateway(), pool.subnet().prefix(), null);
			if (!present.contains(wanted.toString())) {
				messages.add(Links.address(device.index(), wanted.address(), wanted.prefix()));
			}
		}
		this.socket.execute(messages);
		// lets the host reach ports that are published on 127.0.0.1
		Sysctl.write("ipv4/conf/" + network.device() + "/route_localnet", "1");
		return !messages.isEmpty();
	}

	/** Deletes a bridge; nothing happens if it is not there. */
	void delete(NetworkSpec network) {
		if (own(network).isPresent()) {
			deleteLink(network.device());
		}
	}

	private void deleteAfter(NetworkSpec network, RuntimeException failure) {
		try {
			deleteLink(network.device());
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

	/** Deletes what earlier services of this engine left, but for these networks'. */
	void deleteOthers(Set<NetworkId> known) {
		Set<String> aliases = known.stream().map(this::alias).collect(Collectors.toSet());
		for (Links.Device device : Links.all(this.socket)) {
			if (device.kind().equals("bridge") && device.alias().startsWith("caisson " + this.mark + " ")
					&& !aliases.contains(device.alias())) {
				deleteLink(device.name());
			}
		}
	}

	private void deleteLink(String name) {
		deleteLink(this.socket, name);
	}

	/** Deletes a device; nothing happens if it is not there. */
	static void deleteLink(NetlinkSocket socket, String name) {
		try {
			socket.execute(Links.delete(name));
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.ENODEV)) {
				throw ex;
			}
		}
	}

	private String alias(NetworkId id) {
		return "caisson " + this.mark + " " + id;
	}

}
