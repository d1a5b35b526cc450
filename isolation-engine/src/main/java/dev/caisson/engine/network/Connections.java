package dev.caisson.engine.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.caisson.engine.linux.NetlinkSocket;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.engine.spec.NetworkingSpec;
import dev.caisson.engine.spec.PublishedPort;
import org.jspecify.annotations.Nullable;

/**
 * Brings containers onto networks and off them again: addresses and ports are taken
 * first, then the packet filter learns of them, then the cable is plugged in. Safe for
 * use by many threads.
 */
final class Connections {

	private final Register register;

	private final PortBook ports = new PortBook();

	private final PacketFilter filter;

	private final Cables cables;

	private final @Nullable InetAddress publishAddress;

	private final Consumer<NetworkChange> listener;

	Connections(Register register, PacketFilter filter, Cables cables, @Nullable InetAddress publishAddress,
			Consumer<NetworkChange> listener) {
		this.register = register;
		this.filter = filter;
		this.cables = cables;
		this.publishAddress = publishAddress;
		this.listener = listener;
	}

	/** Takes what a container is to have; makes nothing in the kernel but sockets. */
	Attachment plan(ContainerId container, NetworkingSpec spec, PreparedNamespace prepared) {
		List<Endpoint> present = this.register.of(container);
		List<Endpoint> planned = new ArrayList<>();
		try {
			Optional<EndpointSpec> way = present.stream().anyMatch(Endpoint::isDefault) ? Optional.empty()
					: spec.endpoints().stream().filter(this::leadsOut).findFirst();
			Endpoint.Limits limits = new Endpoint.Limits(spec.ingressRate(), spec.egressRate(), spec.allowedEgress());
			for (EndpointSpec wanted : spec.endpoints()) {
				String device = (planned.isEmpty() && prepared.device() != null) ? prepared.device()
						: VethName.random();
				boolean leads = way.filter((leading) -> leading == wanted).isPresent();
				planned.add(this.register.take(container, wanted,
						new Register.Wiring(device, freeName(present, planned), leads, limits)));
				if (leads) {
					planned.add(publish(planned.removeLast(), spec.ports()));
				}
			}
			return new Attachment(prepared, planned, this);
		}
		catch (RuntimeException ex) {
			planned.forEach(this::abandon);
			throw ex;
		}
	}

	private boolean leadsOut(EndpointSpec endpoint) {
		return !this.register.require(endpoint.network()).internal();
	}

	private static String freeName(List<Endpoint> present, List<Endpoint> planned) {
		Set<String> taken = new HashSet<>();
		present.forEach((endpoint) -> taken.add(endpoint.interfaceName()));
		planned.forEach((endpoint) -> taken.add(endpoint.interfaceName()));
		int number = 0;
		while (taken.contains("eth" + number)) {
			number++;
		}
		return "eth" + number;
	}

	/** Answers the endpoint with its ports; without, nothing of it is taken any more. */
	private Endpoint publish(Endpoint endpoint, List<PublishedPort> wanted) {
		NetworkSpec network = this.register.require(endpoint.network());
		InetAddress address = (network.publishAddress() != null) ? network.publishAddress() : this.publishAddress;
		List<BoundPort> bound = new ArrayList<>();
		try {
			for (PublishedPort port : wanted) {
				bound.addAll(this.ports.take(endpoint.container(), port, address, endpoint.ipv6().isPresent()));
			}
			Endpoint published = endpoint.withPorts(bound);
			this.register.put(published);
			return published;
		}
		catch (RuntimeException ex) {
			this.ports.release(endpoint.container(), bound);
			this.register.release(endpoint);
			throw ex;
		}
	}

	void apply(List<Endpoint> endpoints, PreparedNamespace namespace) {
		List<Element> elements = new ArrayList<>();
		endpoints.forEach((endpoint) -> elements.addAll(Element.of(endpoint)));
		if (!elements.isEmpty()) {
			this.filter.add(elements);
		}
		endpoints.forEach((endpoint) -> this.cables.connect(endpoint, namespace));
		endpoints.forEach(this.register::settle);
		endpoints.forEach((endpoint) -> this.listener.accept(new NetworkChange.Connected(endpoint)));
	}

	/** Gives back what was taken for an endpoint that was never made. */
	void abandon(Endpoint endpoint) {
		this.ports.release(endpoint.container(), endpoint.ports());
		this.register.release(endpoint);
	}

	/** Undoes an endpoint. Safe to repeat. */
	void release(Endpoint endpoint) {
		this.register.unsettle(endpoint);
		this.cables.disconnect(endpoint);
		this.filter.remove(endpoint);
		abandon(endpoint);
		this.listener.accept(new NetworkChange.Disconnected(endpoint));
	}

	/** Makes an endpoint the container's way out, with the ports that another had. */
	void promote(Endpoint heir, NetlinkSocket inside) {
		this.ports.reclaim(heir.container(), heir.ports());
		this.register.put(heir);
		this.filter.add(Element.of(heir));
		Cables.lead(heir, inside);
	}

	/** Takes back an endpoint of a container that runs. */
	void resume(Endpoint endpoint) {
		if (this.register.reclaim(endpoint)) {
			this.ports.reclaim(endpoint.container(), endpoint.ports());
			this.register.settle(endpoint);
		}
	}

	/** Lets the sockets go; ports stay published. */
	void close() {
		this.ports.close();
	}

}
