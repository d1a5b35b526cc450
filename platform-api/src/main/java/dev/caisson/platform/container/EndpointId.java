package dev.caisson.platform.container;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.NetworkId;

/** What Docker calls a container's place on a network. */
final class EndpointId {

	private EndpointId() {
	}

	/** The same for as long as both exist. */
	static String of(ContainerId container, NetworkId network) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256")
				.digest((container.value() + network.value()).getBytes(StandardCharsets.US_ASCII));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
