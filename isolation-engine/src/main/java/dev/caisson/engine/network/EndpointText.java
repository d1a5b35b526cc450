package dev.caisson.engine.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EgressRule;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.MacAddress;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.PublishedPort;

/**
 * An endpoint as one line of the ledger: enough to undo it, and to know it again. Words
 * {@code key=value} apart by spaces: <pre>
 *   network=0123… device=veth12ab34c interface=eth0 mac=02:42:… address=172.17.0.2/16@172.17.0.1
 *   default=true name=web port=tcp/0.0.0.0/8080/80 ingress=0 egress=0 allow=10.0.0.0/8:443/tcp
 * </pre>
 */
final class EndpointText {

	/** What is allowed if nothing is. */
	private static final String NOTHING = "nothing";

	private EndpointText() {
	}

	static String write(Endpoint endpoint) {
		StringJoiner words = new StringJoiner(" ");
		words.add("network=" + endpoint.network()).add("device=" + endpoint.device());
		words.add("interface=" + endpoint.interfaceName()).add("mac=" + endpoint.mac());
		for (InterfaceAddress address : endpoint.addresses()) {
			words.add("address=" + address + "@"
					+ ((address.gateway() != null) ? IpAddress.text(address.gateway()) : ""));
		}
		words.add("default=" + endpoint.isDefault());
		endpoint.names().forEach((name) -> words.add("name=" + escape(name)));
		for (BoundPort port : endpoint.ports()) {
			words.add("port=" + port.protocol().word() + "/" + IpAddress.text(port.hostAddress()) + "/"
					+ port.hostPort() + "/" + port.containerPort());
		}
		Endpoint.Limits limits = endpoint.limits();
		words.add("ingress=" + limits.ingressRate()).add("egress=" + limits.egressRate());
		if (limits.allowedEgress() != null) {
			words.add("allow=" + NOTHING);
			limits.allowedEgress().forEach((rule) -> words.add("allow=" + rule));
		}
		return words.toString();
	}

	/**
	 * Reads what {@link #write} wrote.
	 * @throws IllegalArgumentException if it is something else
	 */
	static Endpoint read(ContainerId container, String line) {
		Reader reader = new Reader(line);
		List<EgressRule> allowed = reader.all("allow")
			.stream()
			.filter((rule) -> !rule.equals(NOTHING))
			.map(EgressRule::parse)
			.toList();
		Endpoint.Limits limits = new Endpoint.Limits(Long.parseLong(reader.one("ingress")),
				Long.parseLong(reader.one("egress")), reader.all("allow").isEmpty() ? null : allowed);
		return new Endpoint(container, new NetworkId(reader.one("network")), reader.one("device"),
				reader.one("interface"), new MacAddress(reader.one("mac")),
				reader.all("address").stream().map(EndpointText::address).toList(),
				Boolean.parseBoolean(reader.one("default")),
				reader.all("name").stream().map(EndpointText::unescape).toList(),
				reader.all("port").stream().map(EndpointText::port).toList(), limits);
	}

	private static InterfaceAddress address(String text) {
		String[] parts = text.split("[/@]", -1);
		InetAddress gateway = parts[2].isEmpty() ? null : IpAddress.parse(parts[2]);
		return new InterfaceAddress(IpAddress.parse(parts[0]), Integer.parseInt(parts[1]), gateway);
	}

	private static BoundPort port(String text) {
		String[] parts = text.split("/");
		return new BoundPort(PublishedPort.Protocol.named(parts[0]), IpAddress.parse(parts[1]),
				Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
	}

	private static String escape(String name) {
		return name.replace("%", "%25").replace(" ", "%20").replace("\n", "%0A");
	}

	private static String unescape(String name) {
		return name.replace("%0A", "\n").replace("%20", " ").replace("%25", "%");
	}

	private record Reader(List<String> words) {

		Reader(String line) {
			this(List.of(line.split(" ")));
		}

		List<String> all(String key) {
			List<String> values = new ArrayList<>();
			for (String word : this.words) {
				if (word.startsWith(key + "=")) {
					values.add(word.substring(key.length() + 1));
				}
			}
			return values;
		}

		String one(String key) {
			return all(key).stream()
				.findFirst()
				.orElseThrow(() -> new IllegalArgumentException("no " + key + " in the ledger's " + this.words));
		}

	}

}
