package dev.caisson.platform.container.definition;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.PublishedPort;
import org.jspecify.annotations.Nullable;

/** Which ports of a container are published, and where. */
final class PortWords {

	private PortWords() {
	}

	static List<PublishedPort> translate(ContainerConfig config, HostConfig host) {
		List<PublishedPort> published = new ArrayList<>();
		for (Map.Entry<String, @Nullable List<HostConfig.PortBinding>> each : host.portBindings().entrySet()) {
			PortNotation ports = PortNotation.parse("HostConfig.PortBindings", each.getKey());
			List<HostConfig.PortBinding> bindings = Absent.list(each.getValue());
			for (HostConfig.PortBinding binding : bindings.isEmpty() ? List.of(new HostConfig.PortBinding("", ""))
					: bindings) {
				publish(ports, binding, published);
			}
		}
		if (host.publishAllPorts()) {
			publishRest(config, host, published);
		}
		return published;
	}

	/** Every port that is exposed and not bound gets some port of the host. */
	private static void publishRest(ContainerConfig config, HostConfig host, List<PublishedPort> published) {
		for (String exposed : new TreeSet<>(config.exposedPorts().keySet())) {
			PortNotation ports = PortNotation.parse("Config.ExposedPorts", exposed);
			for (int port = ports.first(); port <= ports.last(); port++) {
				int number = port;
				boolean bound = published.stream()
					.anyMatch((each) -> each.containerPort() == number && each.protocol() == ports.protocol());
				if (!bound) {
					published.add(new PublishedPort(ports.protocol(), port, null, 0, 0));
				}
			}
		}
	}

	private static void publish(PortNotation ports, HostConfig.PortBinding binding, List<PublishedPort> published) {
		InetAddress address = address(binding.hostIp());
		PortNotation wanted = (binding.hostPort().isEmpty() || binding.hostPort().equals("0")) ? null
				: PortNotation.parse("HostConfig.PortBindings", binding.hostPort());
		int count = ports.last() - ports.first() + 1;
		if (wanted == null) {
			for (int i = 0; i < count; i++) {
				published.add(new PublishedPort(ports.protocol(), ports.first() + i, address, 0, 0));
			}
		}
		else if (count == 1) {
			published.add(new PublishedPort(ports.protocol(), ports.first(), address, wanted.first(), wanted.last()));
		}
		else if (wanted.last() - wanted.first() + 1 == count) {
			for (int i = 0; i < count; i++) {
				int port = wanted.first() + i;
				published.add(new PublishedPort(ports.protocol(), ports.first() + i, address, port, port));
			}
		}
		else {
			throw new InvalidSpecException("HostConfig.PortBindings", "invalid ranges specified for container and host "
					+ "Ports: " + ports.first() + "-" + ports.last() + " and " + binding.hostPort());
		}
	}

	private static @Nullable InetAddress address(String text) {
		if (text.isEmpty()) {
			return null;
		}
		try {
			return IpAddress.parse(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSpecException("HostConfig.PortBindings", "invalid IP address: " + text);
		}
	}

}
