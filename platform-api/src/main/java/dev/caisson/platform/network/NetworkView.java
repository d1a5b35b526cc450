package dev.caisson.platform.network;

import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.SortedMap;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Docker's Network. */
record NetworkView(@JsonProperty("Name") String name, @JsonProperty("Id") String id,
		@JsonProperty("Created") String created, @JsonProperty("Scope") String scope,
		@JsonProperty("Driver") String driver, @JsonProperty("EnableIPv4") boolean enableIpv4,
		@JsonProperty("EnableIPv6") boolean enableIpv6, @JsonProperty("IPAM") NetworkDefinition.Ipam ipam,
		@JsonProperty("Internal") boolean internal, @JsonProperty("Attachable") boolean attachable,
		@JsonProperty("Ingress") boolean ingress, @JsonProperty("ConfigFrom") Map<String, String> configFrom,
		@JsonProperty("ConfigOnly") boolean configOnly,
		@JsonProperty("Containers") Map<String, Members.Member> containers,
		@JsonProperty("Options") Map<String, String> options, @JsonProperty("Labels") Map<String, String> labels) {

	static NetworkView of(Network network, SortedMap<String, Members.Member> members) {
		NetworkDefinition definition = network.definition();
		return new NetworkView(definition.name(), network.id().value(),
				DateTimeFormatter.ISO_INSTANT.format(network.created()), "local", definition.driver(),
				Boolean.TRUE.equals(definition.enableIpv4()), Boolean.TRUE.equals(definition.enableIpv6()),
				definition.ipam(), definition.isInternal(), Boolean.TRUE.equals(definition.attachable()), false,
				Map.of("Network", ""), false, members, definition.options(), definition.labels());
	}

}
