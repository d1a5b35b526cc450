package dev.caisson.platform;

import java.nio.file.Path;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the operator may set.
 *
 * @param dataRoot what must survive a reboot: images, containers, the database
 * @param runRoot what must not: sockets, FIFOs, the keepers' state
 * @param cgroupParent the control group below which the containers' groups are
 * @param socket where the Docker API is served
 * @param network of the default network and of published ports
 */
@ConfigurationProperties("caisson")
public record CaissonSettings(@DefaultValue("/var/lib/caisson") Path dataRoot,
		@DefaultValue("/run/caisson") Path runRoot, @DefaultValue("caisson") String cgroupParent,
		@DefaultValue("/run/caisson/caisson.sock") Path socket, @DefaultValue Network network) {

	/** The version of Caisson, from the jar's manifest. */
	public static String version() {
		String version = CaissonSettings.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "0.1.0-dev";
	}

	/**
	 * What may be set of networks.
	 *
	 * @param bridge the Linux bridge of the default network, at most 15 characters
	 * @param subnet of the default network, such as {@code 172.17.0.0/16}; empty takes a
	 * free one
	 * @param mtu of the default network, in bytes; 0 takes the kernel's
	 * @param publishAddress the host's address where ports are published that name none;
	 * empty is all
	 */
	public record Network(@DefaultValue("caisson0") String bridge, @DefaultValue("") String subnet,
			@DefaultValue("0") int mtu, @DefaultValue("") String publishAddress) {
	}

}
