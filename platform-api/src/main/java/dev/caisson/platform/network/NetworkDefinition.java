package dev.caisson.platform.network;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of a network and what was chosen for it, in the words of Docker's API;
 * this is how it is kept. What a client leaves out gets Docker's default here.
 *
 * @param name unique
 * @param driver {@code bridge}, {@code host} or {@code null}
 * @param enableIpv4 whether it has IPv4
 * @param enableIpv6 whether it has IPv6
 * @param internal whether there is no way out of it
 * @param attachable shown, without a meaning outside of swarms
 * @param options of the driver
 * @param labels of whoever made it
 * @param ipam its addresses
 */
public record NetworkDefinition(@JsonProperty("Name") String name, @JsonProperty("Driver") String driver,
		@JsonProperty("EnableIPv4") @Nullable Boolean enableIpv4,
		@JsonProperty("EnableIPv6") @Nullable Boolean enableIpv6, @JsonProperty("Internal") @Nullable Boolean internal,
		@JsonProperty("Attachable") @Nullable Boolean attachable, @JsonProperty("Options") Map<String, String> options,
		@JsonProperty("Labels") Map<String, String> labels, @JsonProperty("IPAM") Ipam ipam) {

	public NetworkDefinition {
		name = text(name, "");
		driver = text(driver, "bridge");
		enableIpv4 = enableIpv4 == null || enableIpv4;
		enableIpv6 = enableIpv6 != null && enableIpv6;
		internal = internal != null && internal;
		attachable = attachable != null && attachable;
		options = map(options);
		labels = map(labels);
		ipam = (ipam != null) ? ipam : new Ipam("", null, List.of());
	}

	NetworkDefinition with(List<Pool> pools) {
		return new NetworkDefinition(this.name, this.driver, this.enableIpv4, this.enableIpv6, this.internal,
				this.attachable, this.options, this.labels, new Ipam(this.ipam.driver(), this.ipam.options(), pools));
	}

	boolean isInternal() {
		return Boolean.TRUE.equals(this.internal);
	}

	private static String text(@Nullable String value, String otherwise) {
		return (value == null || value.isEmpty()) ? otherwise : value;
	}

	private static Map<String, String> map(@Nullable Map<String, String> values) {
		Map<String, String> sorted = new TreeMap<>();
		if (values != null) {
			values.forEach((name, value) -> sorted.put(name, (value != null) ? value : ""));
		}
		return sorted;
	}

	/**
	 * Docker's IPAM.
	 *
	 * @param driver {@code default}
	 * @param options of the driver
	 * @param config the pools
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Ipam(@JsonProperty("Driver") String driver,
			@JsonProperty("Options") @Nullable Map<String, String> options, @JsonProperty("Config") List<Pool> config) {

		public Ipam {
			driver = text(driver, "default");
			config = (config != null) ? config.stream().filter(java.util.Objects::nonNull).toList() : List.of();
		}

	}

	/**
	 * Docker's IPAMConfig.
	 *
	 * @param subnet in the notation of RFC 4632
	 * @param range from which containers get their addresses
	 * @param gateway the bridge's own address
	 * @param auxiliary addresses that are never given out, by name
	 */
	@JsonInclude(JsonInclude.Include.NON_EMPTY)
	public record Pool(@JsonProperty("Subnet") @Nullable String subnet, @JsonProperty("IPRange") @Nullable String range,
			@JsonProperty("Gateway") @Nullable String gateway,
			@JsonProperty("AuxiliaryAddresses") @Nullable Map<String, String> auxiliary) {
	}

}
