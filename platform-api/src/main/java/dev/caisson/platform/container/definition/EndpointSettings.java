package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * How a container shall be on a network, as a client writes it.
 *
 * @param ipam addresses that it asks for
 * @param aliases other names of it there
 * @param macAddress the one that it asks for
 * @param links as of old; refused
 * @param driverOpts kept and shown
 * @param gwPriority the highest gives the default route
 */
@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EndpointSettings(@JsonProperty("IPAMConfig") @Nullable Ipam ipam, List<String> aliases, String macAddress,
		List<String> links, @Nullable Map<String, String> driverOpts, int gwPriority) {

	/** Nothing is asked for. */
	public static final EndpointSettings NONE = new EndpointSettings(null, List.of(), "", List.of(), null, 0);

	public EndpointSettings {
		aliases = Absent.list(aliases).stream().distinct().toList();
		macAddress = Absent.text(macAddress);
		links = Absent.list(links);
	}

	EndpointSettings withMac(String mac) {
		return new EndpointSettings(this.ipam, this.aliases, mac, this.links, this.driverOpts, this.gwPriority);
	}

	/** Reads the part of a request that describes one endpoint. */
	public static EndpointSettings parse(String field, tools.jackson.databind.@Nullable JsonNode tree) {
		return (tree == null || tree.isNull() || tree.isMissingNode()) ? NONE
				: DockerJson.read(tree, field, EndpointSettings.class);
	}

	/**
	 * Addresses that are asked for.
	 *
	 * @param ipv4 empty is any
	 * @param ipv6 empty is any
	 */
	@JsonInclude(JsonInclude.Include.NON_EMPTY)
	public record Ipam(@JsonProperty("IPv4Address") String ipv4, @JsonProperty("IPv6Address") String ipv6) {

		public Ipam {
			ipv4 = Absent.text(ipv4);
			ipv6 = Absent.text(ipv6);
		}

		boolean isEmpty() {
			return this.ipv4.isEmpty() && this.ipv6.isEmpty();
		}

	}

}
