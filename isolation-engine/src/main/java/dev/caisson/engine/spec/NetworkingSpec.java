package dev.caisson.engine.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How a container with a network namespace of its own is connected.
 *
 * @param endpoints its networks; the first that has a way out gives the default route
 * @param ports what is published of it, on the network of the default route
 * @param ingressRate bytes a second that it may receive by each device; 0 is no limit
 * @param egressRate bytes a second that it may send by each device; 0 is no limit
 * @param allowedEgress what it may reach outside of its networks; null is everything
 */
public record NetworkingSpec(List<EndpointSpec> endpoints, List<PublishedPort> ports, long ingressRate, long egressRate,
		@Nullable List<EgressRule> allowedEgress) {

	/** Loopback alone. */
	public static final NetworkingSpec NONE = new NetworkingSpec(List.of(), List.of(), 0, 0, null);

	/** The least that the kernel's token bucket passes full packets at. */
	private static final long SLOWEST = 1000;

	public NetworkingSpec {
		endpoints = List.copyOf(endpoints);
		ports = List.copyOf(ports);
		allowedEgress = (allowedEgress != null) ? List.copyOf(allowedEgress) : null;
		Set<NetworkId> networks = new HashSet<>();
		for (EndpointSpec endpoint : endpoints) {
			if (!networks.add(endpoint.network())) {
				throw new InvalidSpecException("NetworkingConfig.EndpointsConfig",
						"network " + endpoint.network().shortForm() + " is named twice");
			}
		}
		check("caisson.network.ingress-rate", ingressRate);
		check("caisson.network.egress-rate", egressRate);
	}

	public static NetworkingSpec of(List<EndpointSpec> endpoints, List<PublishedPort> ports) {
		return new NetworkingSpec(endpoints, ports, 0, 0, null);
	}

	private static void check(String field, long rate) {
		if (rate < 0 || (rate > 0 && rate < SLOWEST)) {
			throw new InvalidSpecException(field,
					"invalid rate " + rate + ": use at least " + SLOWEST + " bytes a second");
		}
	}

}
