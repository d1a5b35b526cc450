package dev.caisson.platform.container;

import java.util.Map;
import java.util.TreeMap;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.platform.container.definition.Definition;
import dev.caisson.platform.container.definition.EndpointSettings;
import dev.caisson.platform.container.definition.SpecTranslation;
import dev.caisson.platform.network.Network;
import dev.caisson.platform.network.NetworkRefusedException;
import dev.caisson.platform.network.NetworkService;
import dev.caisson.platform.server.BadParameterException;

import org.springframework.stereotype.Component;

/**
 * Changes which networks a container is on, while it runs or before it starts. What is
 * asked is written down after it is done, so that a refusal leaves no trace, and undone
 * if it cannot be written.
 */
@Component
final class Connections {

	private final ContainerJournal journal;

	private final SpecTranslation translation;

	private final NetworkService networks;

	Connections(ContainerJournal journal, SpecTranslation translation, NetworkService networks) {
		this.journal = journal;
		this.translation = translation;
		this.networks = networks;
	}

	/**
	 * Brings a container onto one more network.
	 * @throws NetworkRefusedException if it is on it already
	 */
	void connect(ContainerEntry entry, Network network, EndpointSettings settings) {
		entry.transition().lock();
		try {
			Definition before = entry.definition();
			checkConnectable(entry, network);
			if (before.endpoints().containsKey(network.name())) {
				throw NetworkRefusedException
					.forbidden("endpoint with name " + entry.name() + " already exists in network " + network.name());
			}
			EndpointSpec spec = this.translation.endpoint(entry.id(), entry.name(), before.config(), network, settings);
			Map<String, EndpointSettings> changed = new TreeMap<>(before.endpoints());
			changed.put(network.name(), settings);
			connect(entry, spec, before.withEndpoints(changed));
		}
		finally {
			entry.transition().unlock();
		}
		publish(entry, network, "connect");
	}

	private void connect(ContainerEntry entry, EndpointSpec spec, Definition changed) {
		Container container = entry.container();
		boolean live = entry.isLive();
		if (live) {
			container.connect(spec);
		}
		try {
			redefine(entry, changed);
		}
		catch (RuntimeException ex) {
			if (live) {
				undo(container, spec.network(), ex);
			}
			throw ex;
		}
	}

	private static void undo(Container container, NetworkId network, RuntimeException failure) {
		try {
			container.disconnect(network);
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

	private static void checkConnectable(ContainerEntry entry, Network network) {
		String mode = entry.definition().hostConfig().networkMode();
		if (network.kind() == Network.Kind.HOST) {
			throw new BadParameterException(
					"container cannot be disconnected from host network or connected to host network");
		}
		if (mode.equals("host") || mode.startsWith("container:")) {
			throw new BadParameterException("container sharing network namespace with another container or host "
					+ "cannot be connected to any other network");
		}
		boolean isNone = entry.definition().endpoints().containsKey("none");
		if (isNone || (network.kind() == Network.Kind.NONE && !entry.definition().endpoints().isEmpty())) {
			throw new BadParameterException("container cannot be connected to multiple networks with one of the "
					+ "networks in private (none) mode");
		}
	}

	/**
	 * Takes a container off a network.
	 * @throws NetworkRefusedException if it is not on it
	 */
	void disconnect(ContainerEntry entry, Network network) {
		if (network.kind() == Network.Kind.HOST) {
			throw new BadParameterException(
					"container cannot be disconnected from host network or connected to host network");
		}
		entry.transition().lock();
		try {
			Map<String, EndpointSettings> changed = new TreeMap<>(entry.definition().endpoints());
			if (changed.remove(network.name()) == null) {
				throw NetworkRefusedException
					.forbidden("container " + entry.id() + " is not connected to network " + network.name());
			}
			// an intent first: killed in between, it is on no network that it was taken
			// off
			redefine(entry, entry.definition().withEndpoints(changed));
			if (entry.isLive() && network.kind() != Network.Kind.NONE) {
				entry.container().disconnect(network.id());
			}
		}
		finally {
			entry.transition().unlock();
		}
		publish(entry, network, "disconnect");
	}

	private void redefine(ContainerEntry entry, Definition changed) {
		this.journal.redefine(entry, changed.toJson());
		entry.redefine(changed);
	}

	private void publish(ContainerEntry entry, Network network, String action) {
		this.networks.publish(network, action, Map.of("container", entry.id().value()));
	}

}
