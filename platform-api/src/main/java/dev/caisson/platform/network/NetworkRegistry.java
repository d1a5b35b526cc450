package dev.caisson.platform.network;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.caisson.engine.spec.NetworkId;
import org.jspecify.annotations.Nullable;

/** All networks, and who has which name. Safe for use by many threads. */
final class NetworkRegistry {

	private final ConcurrentMap<NetworkId, Network> networks = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, NetworkId> names = new ConcurrentHashMap<>();

	/**
	 * Takes a name, before its network is made.
	 * @throws NetworkRefusedException if another network has it
	 */
	void reserve(String name, NetworkId id) {
		if (this.names.putIfAbsent(name, id) != null) {
			throw NetworkRefusedException.nameTaken(name);
		}
	}

	void release(String name, NetworkId id) {
		this.names.remove(name, id);
	}

	void add(Network network) {
		this.names.put(network.name(), network.id());
		this.networks.put(network.id(), network);
	}

	void remove(Network network) {
		this.networks.remove(network.id());
		release(network.name(), network.id());
	}

	Collection<Network> all() {
		return this.networks.values();
	}

	Optional<Network> find(NetworkId id) {
		return Optional.ofNullable(this.networks.get(id));
	}

	/**
	 * Finds a network by its id, its name or the beginning of its id, in this order.
	 * @throws NetworkRefusedException if there is none, or there are several
	 */
	Network find(String reference) {
		Network exact = exact(reference);
		return (exact != null) ? exact : byPrefix(reference);
	}

	private @Nullable Network exact(String reference) {
		NetworkId named = this.names.get(reference);
		return this.networks.values()
			.stream()
			.filter((network) -> network.id().value().equals(reference))
			.findFirst()
			.orElse((named != null) ? this.networks.get(named) : null);
	}

	private Network byPrefix(String prefix) {
		List<Network> matches = prefix.isEmpty() ? List.of()
				: this.networks.values().stream().filter((network) -> network.id().value().startsWith(prefix)).toList();
		if (matches.size() > 1) {
			throw NetworkRefusedException.ambiguous(prefix, matches.size());
		}
		if (matches.isEmpty()) {
			throw NetworkRefusedException.notFound(prefix);
		}
		return matches.getFirst();
	}

}
