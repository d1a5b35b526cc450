package dev.caisson.engine.network;

import java.util.List;
import java.util.Optional;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EgressRule;
import dev.caisson.engine.spec.MacAddress;
import dev.caisson.engine.spec.NetworkId;
import org.jspecify.annotations.Nullable;

/**
 * A container's place in a network, as it is.
 *
 * @param container whose
 * @param network in which
 * @param device the veth's end on the host
 * @param interfaceName its end in the container
 * @param mac of the container's end
 * @param addresses of the container's end, at most one of each family
 * @param isDefault whether the container's default route goes here
 * @param names by which others of the network find it; the first is its own
 * @param ports published by it
 * @param limits of what passes it
 */
public record Endpoint(ContainerId container, NetworkId network, String device, String interfaceName, MacAddress mac,
		List<InterfaceAddress> addresses, boolean isDefault, List<String> names, List<BoundPort> ports, Limits limits) {

	public Endpoint {
		addresses = List.copyOf(addresses);
		names = List.copyOf(names);
		ports = List.copyOf(ports);
	}

	public Optional<InterfaceAddress> ipv4() {
		return this.addresses.stream().filter((address) -> !address.isIpv6()).findFirst();
	}

	public Optional<InterfaceAddress> ipv6() {
		return this.addresses.stream().filter(InterfaceAddress::isIpv6).findFirst();
	}

	Endpoint withPorts(List<BoundPort> bound) {
		return new Endpoint(this.container, this.network, this.device, this.interfaceName, this.mac, this.addresses,
				this.isDefault, this.names, bound, this.limits);
	}

	/** The same as the container's way out. */
	Endpoint leading(List<BoundPort> bound) {
		return new Endpoint(this.container, this.network, this.device, this.interfaceName, this.mac, this.addresses,
				true, this.names, bound, this.limits);
	}

	/**
	 * What may pass.
	 *
	 * @param ingressRate bytes a second to the container; 0 is no limit
	 * @param egressRate bytes a second from the container; 0 is no limit
	 * @param allowedEgress what may be reached outside of its networks; null is all
	 */
	public record Limits(long ingressRate, long egressRate, @Nullable List<EgressRule> allowedEgress) {

		static final Limits NONE = new Limits(0, 0, null);

		public Limits {
			allowedEgress = (allowedEgress != null) ? List.copyOf(allowedEgress) : null;
		}

	}

}
