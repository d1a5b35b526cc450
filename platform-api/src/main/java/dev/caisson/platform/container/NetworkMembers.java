package dev.caisson.platform.container;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.network.InterfaceAddress;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.platform.network.Members;

import org.springframework.stereotype.Component;

/** The containers on a network. */
@Component
final class NetworkMembers implements Members {

	private static final NetworkId HOST = NetworkId.ofPredefined("host"), NONE = NetworkId.ofPredefined("none");

	private final Networks networks;

	private final ContainerRegistry registry;

	NetworkMembers(IsolationEngine engine, ContainerRegistry registry) {
		this.networks = engine.networks();
		this.registry = registry;
	}

	@Override
	public SortedMap<String, Member> of(NetworkId network) {
		SortedMap<String, Member> members = new TreeMap<>();
		for (Endpoint endpoint : this.networks.endpoints(network)) {
			// of one that has ended, the endpoint is being taken away
			this.registry.find(endpoint.container())
				.filter(ContainerEntry::isLive)
				.ifPresent((entry) -> members.put(entry.id().value(), member(entry, endpoint)));
		}
		if (network.equals(HOST) || network.equals(NONE)) {
			String mode = network.equals(HOST) ? "host" : "none";
			this.registry.all()
				.stream()
				.filter((entry) -> entry.isLive() && entry.definition().hostConfig().networkMode().equals(mode))
				.forEach((entry) -> members.put(entry.id().value(),
						new Member(entry.name(), EndpointId.of(entry.id(), network), "", "", "")));
		}
		return members;
	}

	private static Member member(ContainerEntry entry, Endpoint endpoint) {
		return new Member(entry.name(), EndpointId.of(endpoint.container(), endpoint.network()), endpoint.mac().text(),
				text(endpoint.ipv4()), text(endpoint.ipv6()));
	}

	private static String text(Optional<InterfaceAddress> address) {
		return address.map(InterfaceAddress::toString).orElse("");
	}

}
