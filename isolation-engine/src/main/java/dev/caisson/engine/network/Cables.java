package dev.caisson.engine.network;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.linux.NetlinkMessage;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.NetworkSpec;

/**
 * The veth pairs between containers and bridges: two calls into the kernel each, one on
 * the host's side and one on the container's. Safe for use by many threads.
 */
final class Cables {

	private final NetlinkSocket host;

	private final Register register;

	Cables(NetlinkSocket host, Register register) {
		this.host = host;
		this.register = register;
	}

	/** Connects a namespace, by the veth that it has or a new one. */
	void connect(Endpoint endpoint, PreparedNamespace namespace) {
		NetworkSpec network = this.register.require(endpoint.network());
		int bridge = Links.find(this.host, network.device()).orElseThrow().index();
		List<NetlinkMessage> messages = new ArrayList<>();
		boolean isThere = endpoint.device().equals(namespace.device());
		if (!isThere) {
			messages.add(Links.veth(endpoint.device(), endpoint.interfaceName(), namespace.namespace()));
		}
		messages.addAll(plugging(endpoint, network, bridge));
		this.host.execute(messages);
		int index = isThere ? namespace.index()
				: Links.find(namespace.inside(), endpoint.interfaceName()).orElseThrow().index();
		configure(endpoint, network, namespace.inside(), index);
		limit(endpoint, namespace.inside(), index);
	}

	/** What a container receives is what its veth's end on the host sends. */
	private void limit(Endpoint endpoint, NetlinkSocket inside, int index) {
		Endpoint.Limits limits = endpoint.limits();
		if (limits.egressRate() > 0) {
			inside.execute(Links.rate(index, limits.egressRate(), endpoint.interfaceName()));
		}
		if (limits.ingressRate() > 0) {
			int outer = Links.find(this.host, endpoint.device()).orElseThrow().index();
			this.host.execute(Links.rate(outer, limits.ingressRate(), endpoint.device()));
		}
	}

	/** Puts a veth that is there into its bridge again. */
	void plug(Endpoint endpoint) {
		NetworkSpec network = this.register.require(endpoint.network());
		int bridge = Links.find(this.host, network.device()).orElseThrow().index();
		this.host.execute(plugging(endpoint, network, bridge));
	}

	private static List<NetlinkMessage> plugging(Endpoint endpoint, NetworkSpec network, int bridge) {
		List<NetlinkMessage> messages = new ArrayList<>();
		NetlinkMessage port = Links.withoutIpv6(Links.set(endpoint.device(), true, "plug in"))
			.attribute32(Links.MASTER, bridge);
		messages.add(withMtu(port, network));
		if (!network.icc()) {
			messages.add(Links.isolated(endpoint.device()));
		}
		if (!endpoint.ports().isEmpty()) {
			messages.add(Links.hairpin(endpoint.device()));
		}
		return messages;
	}

	private static void configure(Endpoint endpoint, NetworkSpec network, NetlinkSocket inside, int index) {
		List<NetlinkMessage> messages = new ArrayList<>();
		NetlinkMessage device = Links.set(endpoint.interfaceName(), true, "configure")
			.attribute(Links.ADDRESS, endpoint.mac().octets());
		messages.add(withMtu(network.ipv6() ? device : Links.withoutIpv6(device), network));
		for (InterfaceAddress address : endpoint.addresses()) {
			messages.add(Links.address(index, address.address(), address.prefix()));
		}
		for (InterfaceAddress address : endpoint.addresses()) {
			if (endpoint.isDefault() && address.gateway() != null) {
				messages.add(Links.defaultRoute(index, address.gateway()));
			}
		}
		inside.execute(messages);
	}

	/** Makes this endpoint the container's way out. */
	static void lead(Endpoint endpoint, NetlinkSocket inside) {
		int index = Links.find(inside, endpoint.interfaceName()).orElseThrow().index();
		List<NetlinkMessage> messages = new ArrayList<>();
		for (InterfaceAddress address : endpoint.addresses()) {
			if (address.gateway() != null) {
				messages.add(Links.defaultRoute(index, address.gateway()));
			}
		}
		inside.execute(messages);
	}

	private static NetlinkMessage withMtu(NetlinkMessage message, NetworkSpec network) {
		return (network.mtu() > 0) ? message.attribute32(Links.MTU, network.mtu()) : message;
	}

	/** Takes the cable away; nothing happens if it is not there. */
	void disconnect(Endpoint endpoint) {
		Bridges.deleteLink(this.host, endpoint.device());
	}

}
