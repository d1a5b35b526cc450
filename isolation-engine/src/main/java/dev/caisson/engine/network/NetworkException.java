package dev.caisson.engine.network;

/** A network that cannot be as asked: the message is a sentence for the client. */
public final class NetworkException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	NetworkException(Reason reason, String message) {
		super(message);
		this.reason = reason;
	}

	public Reason reason() {
		return this.reason;
	}

	/** What the caller can do about it differs. */
	public enum Reason {

		/** There is no such network, or the container is not in it. */
		NOT_FOUND,
		/** Containers are connected to it, or it is always there. */
		IN_USE,
		/** It is there already, or its device is somebody else's. */
		EXISTS,
		/** The wanted subnet is in use by another network or route. */
		OVERLAP,
		/** The wanted address is taken. */
		ADDRESS_TAKEN,
		/** No free address, or no free subnet, is left. */
		EXHAUSTED,
		/** The wanted port is taken. */
		PORT_TAKEN

	}

}
