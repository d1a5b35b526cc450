package dev.caisson.platform.server;

import java.io.IOException;

/** What is done with a connection that was taken over from HTTP. */
@FunctionalInterface
public interface HijackHandler {

	/**
	 * Called before the answer goes out, so before the client can do the next thing:
	 * whatever must not be missed is subscribed to here. What is written to the stream
	 * here, or from another thread from now on, waits until the answer has gone out, so
	 * this method itself must not write or read.
	 * @throws RuntimeException answered as any other error: nothing is taken over
	 */
	default void beforeAnswer(HijackedStream stream) {
	}

	/**
	 * Runs on a virtual thread of its own; the connection is closed when it returns.
	 * @throws IOException if the client has gone; nobody is told
	 */
	void run(HijackedStream stream) throws IOException;

}
