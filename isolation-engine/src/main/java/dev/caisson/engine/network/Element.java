package dev.caisson.engine.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.EgressRule;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.engine.spec.PublishedPort;

/**
 * An element of a set or a map of the packet filter, see {@code ruleset.nft}.
 *
 * @param set which
 * @param text as nft(8) writes it
 */
record Element(Set set, String text) {

	/** What a network is to the packet filter. */
	static List<Element> of(NetworkSpec network) {
		String device = quoted(network.device());
		List<Element> elements = new ArrayList<>();
		elements.add(new Element(Set.BRIDGES, device));
		elements.add(new Element(Set.SAME, device + " . " + device));
		if (network.icc()) {
			elements.add(new Element(Set.NEIGHBOURS, device + " . " + device));
		}
		if (network.internal()) {
			elements.add(new Element(Set.INTERNAL, device));
		}
		else if (network.masquerade()) {
			elements.add(new Element(Set.MASQUERADED, device));
		}
		for (AddressPool pool : network.pools()) {
			InetAddress gateway = pool.gateway();
			if (gateway != null) {
				elements.add(new Element(pool.subnet().isIpv6() ? Set.GATEWAYS6 : Set.GATEWAYS4,
						device + " . " + IpAddress.text(gateway)));
			}
		}
		return elements;
	}

	/** What a container's endpoint is to the packet filter. */
	static List<Element> of(Endpoint endpoint) {
		String device = quoted(endpoint.device());
		List<Element> elements = new ArrayList<>();
		elements.add(new Element(Set.PORTS, device));
		for (InterfaceAddress address : endpoint.addresses()) {
			String own = IpAddress.text(address.address());
			elements.add(new Element(address.isIpv6() ? Set.MEMBERS6 : Set.MEMBERS4,
					device + " . " + endpoint.mac() + " . " + own));
			if (address.isIpv6()) {
				elements.add(new Element(Set.MACS, device + " . " + endpoint.mac()));
			}
			addPorts(elements, endpoint, address);
			addAllowed(elements, endpoint, address);
		}
		return elements;
	}

	private static void addPorts(List<Element> elements, Endpoint endpoint, InterfaceAddress address) {
		if (!endpoint.ports().isEmpty()) {
			String own = IpAddress.text(address.address());
			elements.add(new Element(address.isIpv6() ? Set.SELVES6 : Set.SELVES4, own + " . " + own));
		}
		for (BoundPort port : endpoint.ports()) {
			if (port.isIpv6() == address.isIpv6()) {
				String key = port.protocol().word() + " . " + port.hostPort();
				String target = " : " + IpAddress.text(address.address()) + " . " + port.containerPort();
				boolean any = port.hostAddress().isAnyLocalAddress();
				Set set = any ? (port.isIpv6() ? Set.PUBLISHED6_ANY : Set.PUBLISHED4_ANY)
						: (port.isIpv6() ? Set.PUBLISHED6 : Set.PUBLISHED4);
				elements.add(new Element(set, (any ? "" : IpAddress.text(port.hostAddress()) + " . ") + key + target));
			}
		}
	}

	private static void addAllowed(List<Element> elements, Endpoint endpoint, InterfaceAddress address) {
		List<EgressRule> allowed = endpoint.limits().allowedEgress();
		if (allowed == null) {
			return;
		}
		String own = IpAddress.text(address.address());
		elements.add(new Element(address.isIpv6() ? Set.LIMITED6 : Set.LIMITED4, own));
		for (EgressRule rule : allowed) {
			if (rule.destination().isIpv6() == address.isIpv6()) {
				elements.add(allowed(rule, own));
			}
		}
	}

	private static Element allowed(EgressRule rule, String own) {
		boolean ipv6 = rule.destination().isIpv6();
		PublishedPort.Protocol protocol = rule.protocol();
		if (protocol == null) {
			return new Element(ipv6 ? Set.ALLOWED6_ANY : Set.ALLOWED4_ANY, own + " . " + rule.destination());
		}
		String ports = (rule.firstPort() == 0) ? "0-65535" : (rule.firstPort() == rule.lastPort())
				? Integer.toString(rule.firstPort()) : rule.firstPort() + "-" + rule.lastPort();
		return new Element(ipv6 ? Set.ALLOWED6 : Set.ALLOWED4,
				own + " . " + protocol.word() + " . " + rule.destination() + " . " + ports);
	}

	private static String quoted(String device) {
		return "\"" + device + "\"";
	}

	/** The sets and maps of {@code ruleset.nft}. */
	enum Set {

		BRIDGES("inet", "bridges"), INTERNAL("inet", "internal"), MASQUERADED("inet", "masqueraded"),
		SAME("inet", "same"), NEIGHBOURS("inet", "neighbours"), SELVES4("inet", "selves4"), SELVES6("inet", "selves6"),
		GATEWAYS4("inet", "gateways4"), GATEWAYS6("inet", "gateways6"), PUBLISHED4("inet", "ports4"),
		PUBLISHED4_ANY("inet", "ports4_any"), PUBLISHED6("inet", "ports6"), PUBLISHED6_ANY("inet", "ports6_any"),
		LIMITED4("inet", "limited4"), LIMITED6("inet", "limited6"), ALLOWED4("inet", "allowed4"),
		ALLOWED6("inet", "allowed6"), ALLOWED4_ANY("inet", "allowed4_any"), ALLOWED6_ANY("inet", "allowed6_any"),
		PORTS("bridge", "ports"), MACS("bridge", "macs"), MEMBERS4("bridge", "members4"),
		MEMBERS6("bridge", "members6");

		private final String family;

		private final String setName;

		Set(String family, String setName) {
			this.family = family;
			this.setName = setName;
		}

		/** Such as {@code inet caisson ports4}. */
		String path(String table) {
			return this.family + " " + table + " " + this.setName;
		}

		boolean isMap() {
			return this.setName.startsWith("ports") && this != PORTS;
		}

	}

}
