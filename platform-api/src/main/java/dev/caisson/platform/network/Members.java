package dev.caisson.platform.network;

import java.util.SortedMap;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.spec.NetworkId;

/** Who is on a network now. */
@FunctionalInterface
public interface Members {

	/** By the ids of the containers. */
	SortedMap<String, Member> of(NetworkId network);

	/**
	 * Docker's NetworkContainer.
	 *
	 * @param name of the container
	 * @param endpointId 64 hex digits
	 * @param macAddress empty if it has none
	 * @param ipv4 address and prefix; empty if it has none
	 * @param ipv6 address and prefix; empty if it has none
	 */
	record Member(@JsonProperty("Name") String name, @JsonProperty("EndpointID") String endpointId,
			@JsonProperty("MacAddress") String macAddress, @JsonProperty("IPv4Address") String ipv4,
			@JsonProperty("IPv6Address") String ipv6) {
	}

}
