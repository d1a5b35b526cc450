package dev.caisson.platform.network;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import dev.caisson.engine.IsolationEngine;
import dev.caisson.engine.network.NetworkException;
import dev.caisson.engine.network.Networks;
import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.platform.event.EventLog;
import dev.caisson.platform.server.StartRefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * The networks: those that are always there and those that clients make. Its construction
 * makes, or takes back, all of them in the kernel; so whoever starts containers must have
 * it. Safe for use by many threads.
 */
@Component
public final class NetworkService implements NetworkDirectory {

	/** Docker's name for whatever network a container that names none gets. */
	private static final String DEFAULT = "default";

	/** How long the end of a container may take to free its place. */
	private static final Duration LONGEST_LEAVE = Duration.ofSeconds(10), POLL = Duration.ofMillis(2);

	private static final Logger log = LoggerFactory.getLogger(NetworkService.class);

	private final Networks engine;

	private final NetworkJournal journal;

	private final EventLog events;

	private final NetworkRegistry registry = new NetworkRegistry();

	NetworkService(IsolationEngine engine, NetworkJournal journal, EventLog events) {
		this.engine = engine.networks();
		this.journal = journal;
		this.events = events;
		restore();
	}

	private void restore() {
		List<Network> known = this.journal.all();
		List<NetworkSpec> specs = new ArrayList<>();
		known.forEach((network) -> specs.add(NetworkTranslation.specify(network.id(), network.definition())));
		restore(specs);
		known.forEach(this.registry::add);
		Instant now = Clock.systemUTC().instant();
		NetworkSpec bridge = this.engine.defaultNetwork()
			.orElseThrow(() -> new IllegalStateException("the engine has no default network"));
		NetworkDefinition definition = new NetworkDefinition("bridge", "bridge", true, bridge.ipv6(), false, false,
				NetworkTranslation.defaultOptions(bridge), Map.of(),
				new NetworkDefinition.Ipam("", null, NetworkTranslation.pools(bridge)));
		this.registry.add(new Network(bridge.id(), now, definition, Network.Kind.BRIDGE, false));
		this.registry.add(withoutAddresses("host", "host", Network.Kind.HOST, now));
		this.registry.add(withoutAddresses("none", "null", Network.Kind.NONE, now));
	}

	private void restore(List<NetworkSpec> specs) {
		try {
			this.engine.restore(specs);
		}
		catch (NetworkException | InvalidSpecException ex) {
			throw new StartRefusedException("the networks cannot be made: " + ex.getMessage(),
					"free what is in the way, or change caisson.network.* in the settings", ex);
		}
	}

	private static Network withoutAddresses(String name, String driver, Network.Kind kind, Instant now) {
		NetworkDefinition definition = new NetworkDefinition(name, driver, true, false, false, false, Map.of(),
				Map.of(), new NetworkDefinition.Ipam("", null, List.of()));
		return new Network(NetworkId.ofPredefined(name), now, definition, kind, false);
	}

	/**
	 * Makes a network.
	 * @throws NetworkRefusedException if its name is taken or its driver unknown
	 * @throws NetworkException if the host does not allow it
	 */
	Network create(NetworkDefinition wanted) {
		checkDriver(wanted);
		NetworkId id = NetworkId.random();
		NetworkSpec spec = NetworkTranslation.specify(id, wanted);
		this.registry.reserve(wanted.name(), id);
		try {
			return make(wanted, spec);
		}
		catch (RuntimeException ex) {
			this.registry.release(wanted.name(), id);
			throw ex;
		}
	}

	private static void checkDriver(NetworkDefinition wanted) {
		if (List.of("bridge", "host", "none", DEFAULT).contains(wanted.name())) {
			throw NetworkRefusedException.predefinedName(wanted.name());
		}
		switch (wanted.driver()) {
			case "bridge" -> {
			}
			case "host", "null" -> throw NetworkRefusedException.onlyOne(wanted.driver());
			default -> throw NetworkRefusedException.noPlugin(wanted.driver());
		}
		if (!wanted.ipam().driver().equals("default")) {
			throw NetworkRefusedException.noPlugin(wanted.ipam().driver());
		}
	}

	private Network make(NetworkDefinition wanted, NetworkSpec spec) {
		boolean fixedSubnet = !spec.pools().isEmpty();
		NetworkSpec made = this.engine.define(spec);
		Network network = new Network(made.id(), Clock.systemUTC().instant(),
				wanted.with(NetworkTranslation.pools(made)), Network.Kind.USER, fixedSubnet);
		try {
			this.journal.add(network);
		}
		catch (RuntimeException ex) {
			undo(made.id(), ex);
			throw ex;
		}
		this.registry.add(network);
		publish(network, "create", Map.of());
		return network;
	}

	private void undo(NetworkId id, RuntimeException failure) {
		try {
			this.engine.remove(id);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

	/**
	 * Removes a network.
	 * @param members who is on it as far as clients know: what the kernel still has of
	 * containers that have ended is waited for
	 * @throws NetworkRefusedException if it is one that is always there
	 * @throws NetworkException if containers are on it
	 */
	void remove(Network network, Members members) {
		if (network.isPredefined()) {
			throw NetworkRefusedException.predefined(network.name());
		}
		long deadline = System.nanoTime() + LONGEST_LEAVE.toNanos();
		while (!this.engine.endpoints(network.id()).isEmpty() && members.of(network.id()).isEmpty()
				&& System.nanoTime() - deadline < 0) {
			LockSupport.parkNanos(POLL.toNanos());
		}
		// first the kernel's: it knows who is on it. Killed in between, it is made again
		this.engine.remove(network.id());
		this.journal.remove(network.id());
		this.registry.remove(network);
		publish(network, "destroy", Map.of());
	}

	/** Removes those that nobody is on; answers their names. */
	List<String> prune(Predicate<Network> wanted, Members members) {
		List<String> removed = new ArrayList<>();
		for (Network network : List.copyOf(this.registry.all())) {
			if (!network.isPredefined() && wanted.test(network) && members.of(network.id()).isEmpty()) {
				try {
					remove(network, members);
					removed.add(network.name());
				}
				catch (NetworkException ex) {
					// somebody has come meanwhile, or was faster
					log.debug("network {} is not pruned: {}", network.name(), ex.getMessage());
				}
			}
		}
		return removed;
	}

	@Override
	public Network find(String reference) {
		return this.registry.find(reference.equals(DEFAULT) ? "bridge" : reference);
	}

	@Override
	public InetAddress hostGateway() {
		return this.engine.defaultNetwork()
			.flatMap((bridge) -> bridge.pools().stream().map(AddressPool::gateway).filter(Objects::nonNull).findFirst())
			.orElseThrow(() -> new InvalidSpecException("HostConfig.ExtraHosts",
					"unable to derive the IP value for host-gateway: the default network has no gateway"));
	}

	public Optional<Network> find(NetworkId id) {
		return this.registry.find(id);
	}

	public Collection<Network> all() {
		return this.registry.all();
	}

	/** Tells of what happened to a network. */
	public void publish(Network network, String action, Map<String, String> more) {
		Map<String, String> attributes = new TreeMap<>(more);
		attributes.put("name", network.name());
		attributes.put("type", network.definition().driver());
		this.events.publish("network", action, network.id().value(), attributes);
	}

}
