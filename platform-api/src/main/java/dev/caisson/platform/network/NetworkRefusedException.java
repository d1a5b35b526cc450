package dev.caisson.platform.network;

import dev.caisson.platform.server.ApiException;

/** What cannot be done with a network, with Docker's status and words. */
public final class NetworkRefusedException extends ApiException {

	private static final long serialVersionUID = 1L;

	private NetworkRefusedException(int status, String message) {
		super(status, message);
	}

	static NetworkRefusedException notFound(String reference) {
		return new NetworkRefusedException(404, "network " + reference + " not found");
	}

	static NetworkRefusedException ambiguous(String reference, int count) {
		return new NetworkRefusedException(400,
				"network " + reference + " is ambiguous (" + count + " matches found based on ID prefix)");
	}

	static NetworkRefusedException nameTaken(String name) {
		return new NetworkRefusedException(409, "network with name " + name + " already exists");
	}

	static NetworkRefusedException predefinedName(String name) {
		return new NetworkRefusedException(403, "operation is not permitted on predefined " + name + " network");
	}

	static NetworkRefusedException predefined(String name) {
		return new NetworkRefusedException(403, name + " is a pre-defined network and cannot be removed");
	}

	static NetworkRefusedException onlyOne(String driver) {
		return new NetworkRefusedException(403, "only one instance of \"" + driver + "\" network is allowed");
	}

	static NetworkRefusedException noPlugin(String name) {
		return new NetworkRefusedException(404, "plugin \"" + name + "\" not found");
	}

	/** A network that containers wait for, although nobody is on it. */
	public static NetworkRefusedException forbidden(String message) {
		return new NetworkRefusedException(403, message);
	}

	static NetworkRefusedException invalid(String message) {
		return new NetworkRefusedException(400, message);
	}

}
