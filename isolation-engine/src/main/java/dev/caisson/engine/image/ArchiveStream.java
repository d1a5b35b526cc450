package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;

/**
 * An archive as it comes from a client, which may go away in the middle: that is told
 * apart from an archive that is corrupt. Closing it leaves the client's stream open.
 */
final class ArchiveStream extends InputStream {

	private final InputStream in;

	private volatile boolean failed;

	ArchiveStream(InputStream in) {
		this.in = in;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		try {
			return this.in.read(bytes, offset, length);
		}
		catch (IOException ex) {
			this.failed = true;
			throw ex;
		}
	}

	@Override
	public int available() throws IOException {
		return this.in.available();
	}

	/** Whether reading from the client failed. */
	boolean hasFailed() {
		return this.failed;
	}

	@Override
	public void close() {
	}

}
