package dev.caisson.platform.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.AddressPool;
import dev.caisson.engine.spec.CidrBlock;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.NetworkId;
import dev.caisson.engine.spec.NetworkSpec;
import dev.caisson.platform.network.NetworkDefinition.Pool;
import org.jspecify.annotations.Nullable;

/** From Docker's words for networks to the engine's, and back. Pure. */
final class NetworkTranslation {

	private static final String BRIDGE = "com.docker.network.bridge.", MTU = "com.docker.network.driver.mtu";

	/** Strictly what can follow a container's name in a question for it. */
	private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

	private static final int LONGEST_NAME = 255;

	private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

	private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

	private NetworkTranslation() {
	}

	/**
	 * Makes the spec to define.
	 * @throws InvalidSpecException if a field cannot be
	 */
	static NetworkSpec specify(NetworkId id, NetworkDefinition definition) {
		checkName(definition.name());
		checkSupported(definition);
		Map<String, String> options = definition.options();
		return new NetworkSpec(id, definition.name(), options.getOrDefault(BRIDGE + "name", ""),
				pools(definition.ipam().config()), Boolean.TRUE.equals(definition.enableIpv6()),
				definition.isInternal(), flag(options, BRIDGE + "enable_icc"),
				flag(options, BRIDGE + "enable_ip_masquerade"), mtu(options), publishAddress(options));
	}

	private static void checkName(String name) {
		if (name.isEmpty()) {
			throw new InvalidSpecException("Name", "invalid name: name is empty");
		}
		if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
			throw new InvalidSpecException("Name",
					"invalid network name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
		}
	}

	private static void checkSupported(NetworkDefinition definition) {
		if (!Boolean.TRUE.equals(definition.enableIpv4())) {
			throw new InvalidSpecException("EnableIPv4",
					"EnableIPv4: networks without IPv4 are not supported; leave it out");
		}
		for (String family : List.of("4", "6")) {
			String mode = definition.options().getOrDefault(BRIDGE + "gateway_mode_ipv" + family, "nat");
			if (!mode.equals("nat")) {
				throw new InvalidSpecException("Options", "Options." + BRIDGE + "gateway_mode_ipv" + family
						+ ": the mode " + mode + " is not supported; use nat");
			}
		}
	}

	private static List<AddressPool> pools(List<Pool> declared) {
		List<AddressPool> pools = new ArrayList<>();
		for (Pool pool : declared) {
			String subnet = (pool.subnet() != null) ? pool.subnet() : "";
			CidrBlock block = parse(subnet, "invalid subnet " + subnet + " : invalid CIDR address: " + subnet,
					CidrBlock::parse);
			Map<String, InetAddress> reserved = new TreeMap<>();
			Map<String, String> auxiliary = (pool.auxiliary() != null) ? pool.auxiliary() : Map.of();
			auxiliary.forEach((name, address) -> reserved.put(name, parse(address,
					"invalid auxiliary address " + address + " in Ipam configuration", IpAddress::parse)));
			pools.add(new AddressPool(block, gateway(pool.gateway()), range(pool.range()), reserved));
		}
		return pools;
	}

	private static @Nullable InetAddress gateway(@Nullable String gateway) {
		return (gateway == null || gateway.isEmpty()) ? null
				: parse(gateway, "invalid gateway address " + gateway + " in Ipam configuration", IpAddress::parse);
	}

	private static @Nullable CidrBlock range(@Nullable String range) {
		return (range == null || range.isEmpty()) ? null
				: parse(range, "invalid ip-range " + range + ": invalid CIDR address: " + range, CidrBlock::parse);
	}

	private static <T> T parse(String text, String message, Function<String, T> parser) {
		try {
			return parser.apply(text);
		}
		catch (InvalidSpecException ex) {
			throw ex.getMessage().contains("it should be") ? ex : new InvalidSpecException("IPAM.Config", message);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSpecException("IPAM.Config", message);
		}
	}

	private static boolean flag(Map<String, String> options, String name) {
		String value = options.getOrDefault(name, "true");
		if (!TRUE.contains(value) && !FALSE.contains(value)) {
			throw new InvalidSpecException("Options", "failed to parse " + name + " value: " + value
					+ " (strconv.ParseBool: parsing \"" + value + "\": invalid syntax)");
		}
		return TRUE.contains(value);
	}

	private static int mtu(Map<String, String> options) {
		String value = options.getOrDefault(MTU, "0");
		try {
			return Integer.parseInt(value);
		}
		catch (NumberFormatException ex) {
			throw new InvalidSpecException("Options", "failed to parse " + MTU + " value: " + value
					+ " (strconv.Atoi: parsing \"" + value + "\": invalid syntax)");
		}
	}

	private static @Nullable InetAddress publishAddress(Map<String, String> options) {
		String value = options.getOrDefault(BRIDGE + "host_binding_ipv4", "");
		return value.isEmpty() ? null : parse(value,
				"Options." + BRIDGE + "host_binding_ipv4: invalid IP address: " + value, IpAddress::parse);
	}

	/** The pools of a network with all that was chosen. */
	static List<Pool> pools(NetworkSpec spec) {
		return spec.pools().stream().map(NetworkTranslation::pool).toList();
	}

	private static Pool pool(AddressPool pool) {
		Map<String, String> auxiliary = new TreeMap<>();
		pool.reserved().forEach((name, address) -> auxiliary.put(name, IpAddress.text(address)));
		InetAddress gateway = pool.gateway();
		CidrBlock range = pool.range();
		return new Pool(pool.subnet().toString(), (range != null) ? range.toString() : null,
				(gateway != null) ? IpAddress.text(gateway) : null, auxiliary.isEmpty() ? null : auxiliary);
	}

	/** Of the default network, as Docker shows them. */
	static Map<String, String> defaultOptions(NetworkSpec spec) {
		Map<String, String> options = new TreeMap<>();
		options.put(BRIDGE + "default_bridge", "true");
		options.put(BRIDGE + "enable_icc", Boolean.toString(spec.icc()));
		options.put(BRIDGE + "enable_ip_masquerade", Boolean.toString(spec.masquerade()));
		InetAddress publish = spec.publishAddress();
		options.put(BRIDGE + "host_binding_ipv4", (publish != null) ? IpAddress.text(publish) : "0.0.0.0");
		options.put(BRIDGE + "name", spec.device());
		options.put(MTU, Integer.toString((spec.mtu() > 0) ? spec.mtu() : 1500));
		return options;
	}

}
