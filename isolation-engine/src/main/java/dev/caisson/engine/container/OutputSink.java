package dev.caisson.engine.container;

import java.nio.ByteBuffer;

/** Somebody who watches a container's output as it comes. */
public interface OutputSink {

	/**
	 * Called by a thread of the sink's own, never by the event loop: a sink may block.
	 * @param stream 1 is standard output, 2 is standard error; a terminal has only 1
	 * @param data valid during the call
	 */
	void output(int stream, ByteBuffer data);

	/** No more output will come: the container has ended or the sink was too slow. */
	void end();

}
