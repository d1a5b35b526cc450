package dev.caisson.platform.network;

import java.net.InetAddress;

/** What definitions of containers may refer to. */
public interface NetworkDirectory {

	/**
	 * Finds a network by its id, its name, the beginning of its id, or as
	 * {@code default}.
	 * @throws NetworkRefusedException if there is none, or there are several
	 */
	Network find(String reference);

	/** The host as containers on the default network reach it: {@code host-gateway}. */
	InetAddress hostGateway();

}
