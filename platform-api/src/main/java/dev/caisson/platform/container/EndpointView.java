package dev.caisson.platform.container;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Docker's EndpointSettings, of a network on which a container has no address.
 */
record EndpointView(@JsonProperty("MacAddress") String macAddress, @JsonProperty("NetworkID") String networkId,
		@JsonProperty("EndpointID") String endpointId, @JsonProperty("Gateway") String gateway,
		@JsonProperty("IPAddress") String address, @JsonProperty("IPPrefixLen") int prefixLength,
		@JsonProperty("IPv6Gateway") String gateway6, @JsonProperty("GlobalIPv6Address") String address6,
		@JsonProperty("GlobalIPv6PrefixLen") int prefixLength6) {

	private static final EndpointView NONE = new EndpointView("", "", "", "", "", 0, "", "", 0);

	/** By network; a container in another's network is on none itself. */
	static Map<String, EndpointView> of(ContainerEntry entry) {
		String mode = entry.definition().hostConfig().networkMode();
		return mode.startsWith("container:") ? Map.of() : Map.of(mode, NONE);
	}

}
