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
 */
@ConfigurationProperties("caisson")
public record CaissonSettings(@DefaultValue("/var/lib/caisson") Path dataRoot,
		@DefaultValue("/run/caisson") Path runRoot, @DefaultValue("caisson") String cgroupParent,
		@DefaultValue("/run/caisson/caisson.sock") Path socket) {

	/** The version of Caisson, from the jar's manifest. */
	public static String version() {
		String version = CaissonSettings.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "0.1.0-dev";
	}

}
