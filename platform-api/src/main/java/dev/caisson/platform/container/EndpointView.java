package dev.caisson.platform.container;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.network.Endpoint;
import dev.caisson.engine.network.InterfaceAddress;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.platform.container.definition.EndpointSettings;
import dev.caisson.platform.network.Network;
import org.jspecify.annotations.Nullable;

/**
 * Docker's EndpointSettings: what was asked for, and what a running container has.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EndpointView(@JsonProperty("IPAMConfig") EndpointSettings.@Nullable Ipam ipam,
		@JsonProperty("Links") @Nullable List<String> links, @JsonProperty("Aliases") @Nullable List<String> aliases,
		@JsonProperty("MacAddress") String macAddress,
		@JsonProperty("DriverOpts") @Nullable Map<String, String> driverOpts,
		@JsonProperty("GwPriority") int gwPriority, @JsonProperty("NetworkID") String networkId,
		@JsonProperty("EndpointID") String endpointId, @JsonProperty("Gateway") String gateway,
		@JsonProperty("IPAddress") String address, @JsonProperty("IPPrefixLen") int prefixLength,
		@JsonProperty("IPv6Gateway") String gateway6, @JsonProperty("GlobalIPv6Address") String address6,
		@JsonProperty("GlobalIPv6PrefixLen") int prefixLength6,
		@JsonProperty("DNSNames") @Nullable List<String> dnsNames) {

	/**
	 * Of one network.
	 * @param network null if it has been removed
	 * @param endpoint null if the container does not run
	 */
	static EndpointView of(ContainerEntry entry, EndpointSettings settings, @Nullable Network network,
			@Nullable Endpoint endpoint) {
		Optional<InterfaceAddress> ipv4 = Optional.ofNullable(endpoint).flatMap(Endpoint::ipv4);
		Optional<InterfaceAddress> ipv6 = Optional.ofNullable(endpoint).flatMap(Endpoint::ipv6);
		return new EndpointView(settings.ipam(), null, aliases(entry, settings, network),
				(endpoint != null) ? endpoint.mac().text() : settings.macAddress(), settings.driverOpts(),
				settings.gwPriority(), (network != null) ? network.id().value() : "",
				(network != null && endpoint != null) ? EndpointId.of(entry.id(), network.id()) : "", gateway(ipv4),
				address(ipv4), prefix(ipv4), gateway(ipv6), address(ipv6), prefix(ipv6),
				(endpoint != null && isNamed(network)) ? endpoint.names() : null);
	}

	/** With the short id, by which older clients know that a network is in order. */
	private static @Nullable List<String> aliases(ContainerEntry entry, EndpointSettings settings,
			@Nullable Network network) {
		if (!isNamed(network)) {
			return null;
		}
		List<String> aliases = new ArrayList<>(settings.aliases());
		if (!aliases.contains(entry.id().shortForm())) {
			aliases.add(entry.id().shortForm());
		}
		return aliases;
	}

	private static boolean isNamed(@Nullable Network network) {
		return network != null && network.kind() == Network.Kind.USER;
	}

	private static String gateway(Optional<InterfaceAddress> address) {
		InetAddress gateway = address.map(InterfaceAddress::gateway).orElse(null);
		return (gateway != null) ? IpAddress.text(gateway) : "";
	}

	private static String address(Optional<InterfaceAddress> address) {
		return address.map((each) -> IpAddress.text(each.address())).orElse("");
	}

	private static int prefix(Optional<InterfaceAddress> address) {
		return address.map(InterfaceAddress::prefix).orElse(0);
	}

	/** No network at all: of a container in another's. */
	static Map<String, EndpointView> none() {
		return new TreeMap<>();
	}

}
