package dev.caisson.platform.volume;

import java.util.Collection;

import dev.caisson.platform.server.ApiException;

/** A volume is not there, is in use, or cannot be had. */
public final class VolumeException extends ApiException {

	private static final long serialVersionUID = 1L;

	private VolumeException(int status, String message) {
		super(status, message);
	}

	private VolumeException(int status, String message, Throwable cause) {
		super(status, message, cause);
	}

	static VolumeException missing(String name) {
		return new VolumeException(404, "get " + name + ": no such volume");
	}

	static VolumeException inUse(String name, Collection<String> users) {
		return new VolumeException(409, "remove " + name + ": volume is in use - [" + String.join(", ", users) + "]");
	}

	static VolumeException unknownDriver(String name, String driver) {
		return new VolumeException(404, "create " + name + ": error looking up volume plugin " + driver + ": plugin \""
				+ driver + "\" not found");
	}

	static VolumeException invalid(String name, String reason) {
		return new VolumeException(400, "create " + name + ": " + reason);
	}

	static VolumeException notMounted(Volume volume, RuntimeException cause) {
		return new VolumeException(500, "error while mounting volume '" + volume.mountpoint()
				+ "': failed to mount local volume: " + cause.getMessage(), cause);
	}

}
