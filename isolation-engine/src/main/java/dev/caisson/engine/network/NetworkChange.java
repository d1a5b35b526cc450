package dev.caisson.engine.network;

/** What has happened to networks and who is in them. */
public sealed interface NetworkChange {

	/**
	 * A container has been connected.
	 *
	 * @param endpoint where
	 */
	record Connected(Endpoint endpoint) implements NetworkChange {
	}

	/**
	 * A container is connected no more: it was disconnected, or it has ended.
	 *
	 * @param endpoint where it was
	 */
	record Disconnected(Endpoint endpoint) implements NetworkChange {
	}

	/**
	 * Somebody else had taken away what is the engine's, and it has been made again.
	 *
	 * @param what such as {@code table caisson} or {@code bridge caisson0}
	 * @param details what was found
	 */
	record Repaired(String what, String details) implements NetworkChange {
	}

}
