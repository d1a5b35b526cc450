package dev.caisson.engine.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MacAddress;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import org.jspecify.annotations.Nullable;

/**
 * Which networks there are, and who is in them with which address. Touches nothing of the
 * kernel. Safe for use by many threads.
 */
final class Register {

	private final Map<NetworkId, Network> networks = new LinkedHashMap<>();

	/** The devices of endpoints that are entirely made, and not about to go. */
	private final Set<String> settled = new HashSet<>();

	synchronized void settle(Endpoint endpoint) {
		this.settled.add(endpoint.device());
	}

	synchronized void unsettle(Endpoint endpoint) {
		this.settled.remove(endpoint.device());
	}

	synchronized boolean isSettled(Endpoint endpoint) {
		return this.settled.contains(endpoint.device());
	}

	synchronized void add(NetworkSpec spec) {
		this.networks.put(spec.id(), new Network(spec));
	}

	synchronized Optional<NetworkSpec> find(NetworkId id) {
		return Optional.ofNullable(this.networks.get(id)).map(Network::spec);
	}

	synchronized List<NetworkSpec> all() {
		return this.networks.values().stream().map(Network::spec).toList();
	}

	synchronized NetworkSpec require(NetworkId id) {
		return network(id).spec();
	}

	/**
	 * Forgets a network.
	 * @throws NetworkException if it is unknown or somebody is in it
	 */
	synchronized NetworkSpec remove(NetworkId id) {
		Network network = network(id);
		if (!network.endpoints().isEmpty()) {
			String who = network.endpoints()
				.values()
				.stream()
				.map(Register::described)
				.collect(Collectors.joining(", "));
			throw new NetworkException(NetworkException.Reason.IN_USE, "error while removing network: network "
					+ network.spec().name() + " id " + id + " has active endpoints (" + who + ")");
		}
		this.networks.remove(id);
		return network.spec();
	}

	private static String described(Endpoint endpoint) {
		String name = endpoint.names().isEmpty() ? endpoint.container().shortForm() : endpoint.names().getFirst();
		return "name:\"" + name + "\" id:\"" + endpoint.container().shortForm() + "\"";
	}

	/** Takes addresses for a container. */
	synchronized Endpoint take(ContainerId container, EndpointSpec wanted, Wiring wiring) {
		Network network = network(wanted.network());
		if (network.endpoints().containsKey(container)) {
			throw new NetworkException(NetworkException.Reason.EXISTS, "endpoint with name " + container.shortForm()
					+ " already exists in network " + network.spec().name());
		}
		List<InterfaceAddress> addresses = takeAddresses(network, wanted);
		MacAddress mac = (wanted.mac() != null) ? wanted.mac() : MacAddress.of(addresses.getFirst().address());
		Endpoint endpoint = new Endpoint(container, network.spec().id(), wiring.device(), wiring.interfaceName(), mac,
				addresses, wiring.isDefault(), wanted.names(), List.of(), wiring.limits());
		network.endpoints().put(container, endpoint);
		return endpoint;
	}

	private static List<InterfaceAddress> takeAddresses(Network network, EndpointSpec wanted) {
		List<InterfaceAddress> taken = new ArrayList<>();
		NetworkSpec spec = network.spec();
		try {
			taken.add(take(network, wanted.ip(), false));
			if (spec.ipv6()) {
				taken.add(take(network, wanted.ip6(), true));
			}
			else if (wanted.ip6() != null) {
				throw new InvalidSpecException("NetworkingConfig.EndpointsConfig.IPAMConfig",
						"invalid endpoint settings: network " + spec.name() + " has no IPv6");
			}
			return taken;
		}
		catch (RuntimeException ex) {
			taken.forEach((address) -> network.addresses().release(address.address()));
			throw ex;
		}
	}

	/** An internal network has no way out, so no gateway for its containers. */
	private static InterfaceAddress take(Network network, @Nullable InetAddress wanted, boolean ipv6) {
		InterfaceAddress address = network.addresses().take(wanted, ipv6);
		return network.spec().internal() ? new InterfaceAddress(address.address(), address.prefix(), null) : address;
	}

	/** Notes what an endpoint has become. */
	synchronized void put(Endpoint endpoint) {
		Network network = this.networks.get(endpoint.network());
		if (network != null) {
			network.endpoints().put(endpoint.container(), endpoint);
		}
	}

	/** Notes an endpoint that an earlier service made. */
	synchronized boolean reclaim(Endpoint endpoint) {
		Network network = this.networks.get(endpoint.network());
		if (network == null) {
			return false;
		}
		endpoint.addresses().forEach((address) -> network.addresses().reclaim(address.address()));
		network.endpoints().put(endpoint.container(), endpoint);
		return true;
	}

	/** Forgets an endpoint; nothing happens if it is another one's by now. */
	synchronized void release(Endpoint endpoint) {
		Network network = this.networks.get(endpoint.network());
		Endpoint known = (network != null) ? network.endpoints().get(endpoint.container()) : null;
		if (network != null && known != null && known.device().equals(endpoint.device())) {
			network.endpoints().remove(endpoint.container());
			known.addresses().forEach((address) -> network.addresses().release(address.address()));
		}
	}

	synchronized List<Endpoint> of(ContainerId container) {
		List<Endpoint> found = new ArrayList<>();
		for (Network network : this.networks.values()) {
			Endpoint endpoint = network.endpoints().get(container);
			if (endpoint != null) {
				found.add(endpoint);
			}
		}
		return found;
	}

	synchronized List<Endpoint> in(NetworkId id) {
		Network network = this.networks.get(id);
		return (network != null) ? List.copyOf(network.endpoints().values()) : List.of();
	}

	synchronized Collection<Endpoint> everybody() {
		return this.networks.values().stream().flatMap((network) -> network.endpoints().values().stream()).toList();
	}

	/** The subnets of all networks but one. */
	synchronized List<AddressPool> poolsBesides(NetworkId id) {
		return this.networks.values()
			.stream()
			.map(Network::spec)
			.filter((spec) -> !spec.id().equals(id))
			.flatMap((spec) -> spec.pools().stream())
			.toList();
	}

	private Network network(NetworkId id) {
		Network network = this.networks.get(id);
		if (network == null) {
			throw new NetworkException(NetworkException.Reason.NOT_FOUND, "network " + id + " not found");
		}
		return network;
	}

	/**
	 * Where an endpoint is to be.
	 *
	 * @param device the veth's end on the host
	 * @param interfaceName its end in the container
	 * @param isDefault whether the default route goes there
	 * @param limits of what passes
	 */
	record Wiring(String device, String interfaceName, boolean isDefault, Endpoint.Limits limits) {
	}

}
