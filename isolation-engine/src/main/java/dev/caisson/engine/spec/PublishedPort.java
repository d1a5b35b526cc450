package dev.caisson.engine.spec;

import java.net.InetAddress;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A port of a container that is reachable by an address of the host.
 *
 * @param protocol of the transport
 * @param containerPort 1 to 65535
 * @param hostAddress which one of the host's; null is the network's publish address, and
 * all of both families if it has none
 * @param firstHostPort the lowest that may be taken; 0 is any of the kernel's ephemeral
 * range
 * @param lastHostPort the highest
 */
public record PublishedPort(Protocol protocol, int containerPort, @Nullable InetAddress hostAddress, int firstHostPort,
		int lastHostPort) {

	private static final int HIGHEST = 65_535;

	public PublishedPort {
		if (containerPort < 1 || containerPort > HIGHEST) {
			throw new InvalidSpecException("HostConfig.PortBindings",
					"invalid container port " + containerPort + ": use 1 to " + HIGHEST);
		}
		if (firstHostPort < 0 || lastHostPort > HIGHEST || firstHostPort > lastHostPort
				|| (firstHostPort == 0 && lastHostPort != 0)) {
			throw new InvalidSpecException("HostConfig.PortBindings",
					"invalid host port range " + firstHostPort + "-" + lastHostPort + ": use 1 to " + HIGHEST);
		}
	}

	/** The protocols whose ports can be published. */
	public enum Protocol {

		/** RFC 9293. */
		TCP(6),
		/** RFC 768. */
		UDP(17),
		/** RFC 9260. */
		SCTP(132);

		private final int number;

		Protocol(int number) {
			this.number = number;
		}

		/** Of the IANA's protocol numbers. */
		public int number() {
			return this.number;
		}

		/** As Docker and nft(8) write it. */
		public String word() {
			return name().toLowerCase(Locale.ROOT);
		}

		/**
		 * Reads {@code tcp}, in any case.
		 * @throws InvalidSpecException if it is another
		 */
		public static Protocol named(String word) {
			for (Protocol protocol : values()) {
				if (protocol.word().equalsIgnoreCase(word)) {
					return protocol;
				}
			}
			throw new InvalidSpecException("HostConfig.PortBindings", "invalid proto: " + word);
		}

	}

}
