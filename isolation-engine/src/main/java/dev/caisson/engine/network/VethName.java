package dev.caisson.engine.network;

import java.util.concurrent.ThreadLocalRandom;

/** Names of the ends of veth pairs that stay on the host. */
final class VethName {

	private VethName() {
	}

	/** {@code veth} and seven hex digits, as Docker's are. */
	static String random() {
		return String.format("%s%07x", Links.VETH_PREFIX, ThreadLocalRandom.current().nextInt(1 << 28));
	}

}
