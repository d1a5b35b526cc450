package dev.caisson.bench;

import java.io.IOException;

/** Somebody who can run {@code true} in a container, from nothing to nothing. */
interface Contestant extends AutoCloseable {

	String name();

	/** Creates, starts, waits for and removes one container. */
	void runOnce() throws Exception;

	@Override
	void close() throws IOException;

}
