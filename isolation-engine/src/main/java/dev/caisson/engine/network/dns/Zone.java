package dev.caisson.engine.network.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.caisson.engine.spec.ContainerId;

/** The names on one network. Safe for use by many threads. */
final class Zone {

	private final Map<String, List<Host>> byName = new ConcurrentHashMap<>();

	private final Map<InetAddress, Host> byAddress = new ConcurrentHashMap<>();

	private final AtomicInteger turn = new AtomicInteger();

	void add(ContainerId container, Membership membership) {
		Host host = new Host(container, membership);
		for (String name : host.names()) {
			this.byName.merge(name, List.of(host), Zone::join);
		}
		membership.addresses().forEach((address) -> this.byAddress.put(address, host));
	}

	private static List<Host> join(List<Host> known, List<Host> added) {
		List<Host> joined = new ArrayList<>(known);
		joined.addAll(added);
		return List.copyOf(joined);
	}

	void remove(ContainerId container, Membership membership) {
		Host host = new Host(container, membership);
		for (String name : host.names()) {
			this.byName.computeIfPresent(name, (_, known) -> without(known, host));
		}
		membership.addresses().forEach((address) -> this.byAddress.remove(address, host));
	}

	@SuppressWarnings("NullAway") // null removes the entry
	private static List<Host> without(List<Host> known, Host host) {
		List<Host> left = new ArrayList<>(known);
		left.remove(host);
		return left.isEmpty() ? null : List.copyOf(left);
	}

	boolean isEmpty() {
		return this.byName.isEmpty() && this.byAddress.isEmpty();
	}

	/**
	 * Who has a name: one after the other is the first to be told.
	 * @param name without a dot at its end
	 */
	Optional<List<InetAddress>> addressesOf(String name) {
		List<Host> hosts = this.byName.get(fold(name));
		if (hosts == null) {
			return Optional.empty();
		}
		int first = (hosts.size() == 1) ? 0 : Math.floorMod(this.turn.getAndIncrement(), hosts.size());
		List<InetAddress> addresses = new ArrayList<>();
		for (int i = 0; i < hosts.size(); i++) {
			addresses.addAll(hosts.get((first + i) % hosts.size()).membership().addresses());
		}
		return Optional.of(addresses);
	}

	/** The canonical name of who has an address. */
	Optional<String> nameOf(InetAddress address) {
		return Optional.ofNullable(this.byAddress.get(address))
			.flatMap((host) -> host.membership().names().stream().findFirst());
	}

	private static String fold(String name) {
		return name.toLowerCase(Locale.ROOT);
	}

	/** A container on this network. */
	private record Host(ContainerId container, Membership membership) {

		LinkedHashSet<String> names() {
			LinkedHashSet<String> names = new LinkedHashSet<>();
			this.membership.names().forEach((name) -> names.add(fold(name)));
			return names;
		}

	}

}
