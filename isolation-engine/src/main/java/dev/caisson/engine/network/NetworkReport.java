package dev.caisson.engine.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.IpAddress;

/**
 * How a process is connected, as the kernel says: nothing of it comes from the engine's
 * own records.
 *
 * @param interfaces of its network namespace
 * @param routes of its main table, {@code 0.0.0.0/0 via 172.17.0.1}
 * @param published elements of the maps of published ports that lead to its addresses
 * @param listening sockets that accept, {@code tcp 00000000:0050} as proc_pid_net(5)
 */
public record NetworkReport(List<Interface> interfaces, List<String> routes, List<String> published,
		List<String> listening) {

	/** Of include/net/tcp_states.h, as hex: a TCP socket that listens; a UDP one. */
	private static final String TCP_LISTEN = "0A", UDP_OPEN = "07";

	public NetworkReport {
		interfaces = List.copyOf(interfaces);
		routes = List.copyOf(routes);
		published = List.copyOf(published);
		listening = List.copyOf(listening);
	}

	/**
	 * A device.
	 *
	 * @param name its name
	 * @param mac empty for loopback
	 * @param mtu bytes
	 * @param up whether it is
	 * @param addresses with their prefixes
	 * @param hostDevice the other end of its veth on the host; empty for none
	 * @param bridge the host's end's master; empty for none
	 */
	public record Interface(String name, String mac, int mtu, boolean up, List<String> addresses, String hostDevice,
			String bridge) {
	}

	static NetworkReport read(int pid, NamespaceVisitor visitor, NetlinkSocket host, PacketFilter filter) {
		Path process = Path.of("/proc", Integer.toString(pid));
		try (PreparedNamespace inside = visitor.adopt(Fd.open(process.resolve("ns/net"), Fd.O_RDONLY))) {
			Map<Integer, Links.Device> outside = Links.all(host)
				.stream()
				.collect(Collectors.toMap(Links.Device::index, Function.identity()));
			List<Interface> interfaces = new ArrayList<>();
			List<String> own = new ArrayList<>();
			for (Links.Device device : Links.all(inside.inside())) {
				List<InterfaceAddress> addresses = Links.addresses(inside.inside(), device.index());
				addresses.forEach((address) -> own.add(IpAddress.text(address.address())));
				interfaces.add(describe(device, addresses, outside));
			}
			return new NetworkReport(interfaces, routes(inside.inside()), published(filter, own), listening(process));
		}
	}

	private static Interface describe(Links.Device device, List<InterfaceAddress> addresses,
			Map<Integer, Links.Device> outside) {
		Links.Device peer = device.kind().equals("veth") ? outside.get(device.peer()) : null;
		Links.Device bridge = (peer != null) ? outside.get(peer.master()) : null;
		return new Interface(device.name(), (device.mac() != null) ? device.mac().text() : "", device.mtu(),
				device.up(), addresses.stream().map(InterfaceAddress::toString).toList(),
				(peer != null) ? peer.name() : "", (bridge != null) ? bridge.name() : "");
	}

	private static List<String> routes(NetlinkSocket inside) {
		return Links.routes(inside)
			.stream()
			.map((route) -> route.destination()
					+ ((route.gateway() != null) ? " via " + IpAddress.text(route.gateway()) : ""))
			.toList();
	}

	private static List<String> published(PacketFilter filter, List<String> own) {
		List<String> found = new ArrayList<>();
		for (Element.Set set : Element.Set.values()) {
			if (set.isMap()) {
				for (List<String> parts : FilterListing.elements(filter.list(set))) {
					if (own.contains(parts.get(parts.size() - 2))) {
						found.add(String.join(" ", parts));
					}
				}
			}
		}
		return found;
	}

	private static List<String> listening(Path process) {
		List<String> found = new ArrayList<>();
		for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
			String wanted = protocol.startsWith("tcp") ? TCP_LISTEN : UDP_OPEN;
			try {
				for (String line : Files.readAllLines(process.resolve("net").resolve(protocol))) {
					String[] fields = line.strip().split("\\s+");
					if (fields.length > 3 && fields[3].equals(wanted)) {
						found.add(protocol + " " + fields[1]);
					}
				}
			}
			catch (IOException absent) {
				// it has ended, or this kernel has no IPv6
			}
		}
		return found;
	}

}
