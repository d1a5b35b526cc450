package dev.caisson.platform.container;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.engine.network.BoundPort;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.platform.container.definition.HostConfig;
import dev.caisson.platform.container.definition.SpecTranslation;
import dev.caisson.platform.network.Network;
import dev.caisson.platform.network.NetworkRefusedException;
import dev.caisson.platform.network.NetworkService;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The networks of containers, as clients see them. */
@Component
final class ContainerNetworks {

	private final Networks engine;

	private final NetworkService networks;

	private final SpecTranslation translation;

	ContainerNetworks(IsolationEngine engine, NetworkService networks, SpecTranslation translation) {
		this.engine = engine.networks();
		this.networks = networks;
		this.translation = translation;
	}

	/** Tells the engine what a running container is called by now. */
	void tellNames(ContainerEntry entry) {
		Map<NetworkId, List<String>> names = new HashMap<>();
		entry.definition().endpoints().forEach((network, settings) -> {
			Network found = find(network);
			if (found != null) {
				names.put(found.id(),
						this.translation.names(entry.id(), entry.name(), entry.definition().config(), settings));
			}
		});
		entry.container().rename(names);
	}

	/**
	 * By the names of the networks; a container in another's network is on none itself.
	 */
	Map<String, EndpointView> views(ContainerEntry entry) {
		Map<NetworkId, Endpoint> endpoints = new TreeMap<>(java.util.Comparator.comparing(NetworkId::value));
		endpoints(entry).forEach((endpoint) -> endpoints.put(endpoint.network(), endpoint));
		Map<String, EndpointView> views = EndpointView.none();
		entry.definition().endpoints().forEach((name, settings) -> {
			Network network = find(name);
			views.put(name,
					EndpointView.of(entry, settings, network, (network != null) ? endpoints.get(network.id()) : null));
		});
		return views;
	}

	private @Nullable Network find(String name) {
		try {
			return this.networks.find(name);
		}
		catch (NetworkRefusedException ex) {
			return null;
		}
	}

	/** Whether it is on a network of this name, or with this id. */
	boolean isOn(ContainerEntry entry, String reference) {
		return entry.definition()
			.endpoints()
			.keySet()
			.stream()
			.anyMatch((name) -> name.equals(reference)
					|| Optional.ofNullable(find(name)).filter((network) -> isIdOf(reference, network)).isPresent());
	}

	private static boolean isIdOf(String reference, Network network) {
		return !reference.isEmpty() && network.id().value().startsWith(reference);
	}

	/** What a running container has; nothing of one that does not run. */
	List<Endpoint> endpoints(ContainerEntry entry) {
		return entry.isLive() ? this.engine.endpoints(entry.id()) : List.of();
	}

	/** The ports that are published, each once. */
	List<BoundPort> published(ContainerEntry entry) {
		return endpoints(entry).stream().flatMap((endpoint) -> endpoint.ports().stream()).distinct().toList();
	}

	/** Docker's PortMap: what is exposed and not published is there without a binding. */
	Map<String, @Nullable List<HostConfig.PortBinding>> ports(ContainerEntry entry) {
		Map<String, @Nullable List<HostConfig.PortBinding>> ports = new TreeMap<>();
		if (!entry.isLive() || endpoints(entry).isEmpty()) {
			return ports;
		}
		entry.definition().config().exposedPorts().keySet().forEach((port) -> ports.put(withProtocol(port), null));
		for (BoundPort port : published(entry)) {
			ports.computeIfAbsent(port.containerPort() + "/" + port.protocol().word(), (_) -> new ArrayList<>())
				.add(new HostConfig.PortBinding(IpAddress.text(port.hostAddress()), Integer.toString(port.hostPort())));
		}
		return ports;
	}

	private static String withProtocol(String port) {
		return (port.indexOf('/') < 0) ? port + "/tcp" : port;
	}

}
