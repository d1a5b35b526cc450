package dev.caisson.engine.network.dns;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.caisson.engine.spec.ContainerId;

/**
 * The names on all networks. Who asks hears only of the networks that he is on. Safe for
 * use by many threads.
 */
final class Zones {

	private final Map<String, Zone> byNetwork = new ConcurrentHashMap<>();

	void join(ContainerId container, Membership membership) {
		if (membership.named()) {
			this.byNetwork.compute(membership.network(), (_, known) -> {
				Zone zone = (known != null) ? known : new Zone();
				zone.add(container, membership);
				return zone;
			});
		}
	}

	@SuppressWarnings("NullAway") // null removes the entry
	void leave(ContainerId container, Membership membership) {
		this.byNetwork.computeIfPresent(membership.network(), (_, zone) -> {
			zone.remove(container, membership);
			return zone.isEmpty() ? null : zone;
		});
	}

	/**
	 * Looks a name up on the asker's networks in their order.
	 * @param name {@code web} or {@code web.backend}, without a dot at its end
	 * @return empty if nobody there has the name
	 */
	Optional<List<InetAddress>> addressesOf(String name, List<Membership> asker) {
		for (Membership membership : asker) {
			Optional<List<InetAddress>> found = inZone(membership, name)
				.or(() -> withoutNetwork(name, membership).flatMap((host) -> inZone(membership, host)));
			if (found.isPresent()) {
				return found;
			}
		}
		return Optional.empty();
	}

	private Optional<List<InetAddress>> inZone(Membership membership, String name) {
		return zone(membership).flatMap((zone) -> zone.addressesOf(name));
	}

	private Optional<Zone> zone(Membership membership) {
		return membership.named() ? Optional.ofNullable(this.byNetwork.get(membership.network())) : Optional.empty();
	}

	private static Optional<String> withoutNetwork(String name, Membership membership) {
		String suffix = "." + membership.networkName().toLowerCase(Locale.ROOT);
		String folded = name.toLowerCase(Locale.ROOT);
		return (folded.length() > suffix.length() && folded.endsWith(suffix))
				? Optional.of(folded.substring(0, folded.length() - suffix.length())) : Optional.empty();
	}

	/** {@code web.backend} for the address of web on the network backend. */
	Optional<String> nameOf(InetAddress address, List<Membership> asker) {
		for (Membership membership : asker) {
			Optional<String> found = zone(membership).flatMap((zone) -> zone.nameOf(address))
				.map((name) -> name + "." + membership.networkName());
			if (found.isPresent()) {
				return found;
			}
		}
		return Optional.empty();
	}

}
