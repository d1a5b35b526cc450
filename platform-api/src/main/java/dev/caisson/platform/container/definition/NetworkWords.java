package dev.caisson.platform.container.definition;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.EndpointSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.IpAddress;
import dev.caisson.engine.spec.MacAddress;
import dev.caisson.engine.spec.NetworkingSpec;
import dev.caisson.platform.network.Network;
import dev.caisson.platform.network.NetworkDirectory;
import dev.caisson.platform.network.NetworkRefusedException;
import org.jspecify.annotations.Nullable;

/** Which networks a container is on, and how. */
final class NetworkWords {

	private static final Set<String> WITHOUT = Set.of("host", "none");

	private final NetworkDirectory networks;

	NetworkWords(NetworkDirectory networks) {
		this.networks = networks;
	}

	/** Whether it has a network stack of its own that can be connected. */
	static boolean isConnectable(ContainerConfig config, HostConfig host) {
		String mode = host.networkMode();
		return !WITHOUT.contains(mode) && !mode.startsWith(NamespaceWords.OF_CONTAINER)
				&& !Boolean.TRUE.equals(config.networkDisabled());
	}

	/**
	 * Chooses the networks that a request means, by their names.
	 * @throws InvalidSpecException if it names one that is not there, or none can be
	 */
	Map<String, EndpointSettings> choose(ContainerConfig config, HostConfig host,
			Map<String, EndpointSettings> requested) {
		Map<String, EndpointSettings> named = new TreeMap<>();
		requested.forEach((reference, settings) -> named.put(find(reference).name(), settings));
		if (!isConnectable(config, host)) {
			return withoutNetworks(host.networkMode(), named);
		}
		String mode = find(host.networkMode()).name();
		if (!named.containsKey(mode) && (named.isEmpty() || !mode.equals("bridge"))) {
			named.put(mode, EndpointSettings.NONE);
		}
		String mac = config.macAddress();
		if (mac != null && !mac.isEmpty() && named.containsKey(mode)) {
			EndpointSettings settings = named.get(mode);
			named.put(mode, settings.macAddress().isEmpty() ? settings.withMac(mac) : settings);
		}
		named.forEach((name, settings) -> check(find(name), settings));
		return named;
	}

	private static Map<String, EndpointSettings> withoutNetworks(String mode, Map<String, EndpointSettings> named) {
		if (named.keySet().stream().anyMatch((name) -> !name.equals(mode))) {
			throw new InvalidSpecException("NetworkingConfig.EndpointsConfig", mode.equals("none")
					? "container cannot be connected to multiple networks with one of the networks in private (none) mode"
					: "container sharing network namespace with another container or host cannot be connected to any "
							+ "other network");
		}
		return WITHOUT.contains(mode) ? Map.of(mode, EndpointSettings.NONE) : Map.of();
	}

	/** A 404 would make a client that creates look for the image. */
	private Network find(String reference) {
		try {
			return this.networks.find(reference);
		}
		catch (NetworkRefusedException ex) {
			throw new InvalidSpecException("HostConfig.NetworkMode", ex.getMessage());
		}
	}

	/**
	 * Checks what is asked of a network.
	 * @throws InvalidSpecException in Docker's words
	 */
	static void check(Network network, EndpointSettings settings) {
		boolean user = network.kind() == Network.Kind.USER;
		EndpointSettings.Ipam ipam = settings.ipam();
		if (ipam != null && !ipam.isEmpty()) {
			address(ipam.ipv4(), "IPv4", Inet4Address.class);
			address(ipam.ipv6(), "IPv6", Inet6Address.class);
			refuse(!user, "user specified IP address is supported on user defined networks only");
			refuse(!network.fixedSubnet(),
					"user specified IP address is supported only when connecting to networks with user configured subnets");
		}
		refuse(!user && !settings.aliases().isEmpty(),
				"network-scoped alias is supported only for containers in user defined networks");
		refuse(!settings.links().isEmpty(),
				"Links is not supported: containers of one network find each other by name");
		for (String alias : settings.aliases()) {
			refuse(alias.isEmpty() || alias.chars().anyMatch((c) -> c <= ' ' || c == 127),
					"invalid network alias: \"" + alias + "\"");
		}
		mac(settings);
	}

	private static void refuse(boolean wrong, String message) {
		if (wrong) {
			throw new InvalidSpecException("NetworkingConfig.EndpointsConfig", message);
		}
	}

	private static <T extends InetAddress> @Nullable T address(String text, String family, Class<T> type) {
		if (text.isEmpty()) {
			return null;
		}
		try {
			return type.cast(IpAddress.parse(text));
		}
		catch (IllegalArgumentException | ClassCastException ex) {
			throw new InvalidSpecException("NetworkingConfig.EndpointsConfig.IPAMConfig",
					"invalid " + family + " address: " + text);
		}
	}

	private static @Nullable MacAddress mac(EndpointSettings settings) {
		return settings.macAddress().isEmpty() ? null : new MacAddress(settings.macAddress());
	}

	/** How a container is connected when it starts. */
	NetworkingSpec translate(ContainerId id, String name, Definition definition) {
		ContainerConfig config = definition.config();
		HostConfig host = definition.hostConfig();
		if (!isConnectable(config, host)) {
			return NetworkingSpec.NONE;
		}
		List<EndpointSpec> endpoints = new ArrayList<>();
		ordered(definition).forEach((network, settings) -> endpoints
			.add(endpoint(this.networks.find(network), settings, names(id, name, config, settings))));
		return new NetworkingSpec(endpoints, PortWords.translate(config, host),
				LimitWords.rate(config, LimitWords.INGRESS_RATE), LimitWords.rate(config, LimitWords.EGRESS_RATE),
				LimitWords.allowed(config));
	}

	/** The network of the mode first, unless priorities say something else. */
	private Map<String, EndpointSettings> ordered(Definition definition) {
		String mode = definition.hostConfig().networkMode();
		Map<String, EndpointSettings> ordered = new LinkedHashMap<>();
		definition.endpoints()
			.entrySet()
			.stream()
			.sorted(Comparator.comparingInt((Map.Entry<String, EndpointSettings> each) -> -each.getValue().gwPriority())
				.thenComparing((each) -> !each.getKey().equals(mode)))
			.forEach((each) -> ordered.put(each.getKey(), each.getValue()));
		return ordered;
	}

	static EndpointSpec endpoint(Network network, EndpointSettings settings, List<String> names) {
		EndpointSettings.Ipam ipam = (settings.ipam() != null) ? settings.ipam() : new EndpointSettings.Ipam("", "");
		return new EndpointSpec(network.id(), address(ipam.ipv4(), "IPv4", Inet4Address.class),
				address(ipam.ipv6(), "IPv6", Inet6Address.class), mac(settings), names);
	}

	/** By which others on a network find it: its own name first. */
	static List<String> names(ContainerId id, String name, ContainerConfig config, EndpointSettings settings) {
		Set<String> names = new LinkedHashSet<>();
		names.add(name);
		names.addAll(settings.aliases());
		names.add(id.shortForm());
		if (!config.hostname().isEmpty()) {
			names.add(config.hostname());
		}
		return List.copyOf(names);
	}

}
