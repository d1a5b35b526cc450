package dev.caisson.platform.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Standard output and error in one stream, as Docker frames them: the number of the
 * stream, three zero bytes, the length as a big-endian 32-bit number, then the bytes.
 * Safe for use by many threads: frames are not torn.
 */
public final class MultiplexedStream {

	/** How many bytes stand before the data. */
	public static final int HEADER = 8;

	private final HijackedStream stream;

	public MultiplexedStream(HijackedStream stream) {
		this.stream = stream;
	}

	/**
	 * Writes one frame.
	 * @param number 1 is standard output, 2 is standard error
	 */
	public void write(int number, ByteBuffer data) throws IOException {
		this.stream.write(header(number, data.remaining()), data);
	}

	/** The header of a frame, for those who send frames by other ways. */
	public static ByteBuffer header(int number, int length) {
		return ByteBuffer.allocate(HEADER).put((byte) number).putInt(4, length).rewind();
	}

}
