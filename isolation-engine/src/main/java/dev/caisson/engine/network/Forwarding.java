package dev.caisson.engine.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Forwarding of packets by the host, see ip-sysctl.rst. Containers need it; where the
 * host did without, it is switched on for them alone: {@link PacketFilter} drops what is
 * not theirs. A file in the run root, which a reboot empties as it resets the switch,
 * remembers that. Safe for use by many threads.
 */
final class Forwarding {

	private final Path runRoot;

	Forwarding(Path runRoot) {
		this.runRoot = runRoot;
	}

	/** Whether it was off before this engine. */
	synchronized boolean isOurs(Family family) {
		return Files.exists(marker(family));
	}

	synchronized void enable(Family family) {
		if (!Sysctl.read(family.parameter).equals("0")) {
			return;
		}
		try {
			Files.createDirectories(this.runRoot);
			Files.writeString(marker(family), "");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("note that forwarding was off: " + ex.getMessage(), ex);
		}
		if (family == Family.IPV6) {
			keepAcceptingRoutes();
		}
		Sysctl.write(family.parameter, "1");
	}

	/** A host that forwards takes no router advertisements, unless told so twice. */
	private static void keepAcceptingRoutes() {
		try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/proc/sys/net/ipv6/conf"))) {
			for (Path device : devices) {
				String name = "ipv6/conf/" + device.getFileName() + "/accept_ra";
				if (Sysctl.read(name).equals("1")) {
					Sysctl.write(name, "2");
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list network devices: " + ex.getMessage(), ex);
		}
	}

	/** Switches off what this engine had switched on. */
	synchronized void restore() {
		for (Family family : Family.values()) {
			if (isOurs(family)) {
				Sysctl.write(family.parameter, "0");
				try {
					Files.deleteIfExists(marker(family));
				}
				catch (IOException ex) {
					throw new UncheckedIOException("forget that forwarding was off: " + ex.getMessage(), ex);
				}
			}
		}
	}

	private Path marker(Family family) {
		return this.runRoot.resolve("forwarding-" + family.name().toLowerCase(java.util.Locale.ROOT));
	}

	/** The two switches. */
	enum Family {

		IPV4("ipv4/ip_forward"), IPV6("ipv6/conf/all/forwarding");

		private final String parameter;

		Family(String parameter) {
			this.parameter = parameter;
		}

	}

}
