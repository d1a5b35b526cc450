package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

import dev.caisson.engine.linux.FastSha256;

/**
 * A layer as it is stored in an archive, counted and hashed on its way.
 */
final class StoredLayer extends InputStream {

	private static final int SKIP = 64 * 1024;

	private final InputStream in;

	private final MessageDigest digest = FastSha256.create();

	private long count;

	private volatile boolean failed;

	StoredLayer(InputStream in) {
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
			int read = this.in.read(bytes, offset, length);
			if (read > 0) {
				this.digest.update(bytes, offset, read);
				this.count += read;
			}
			return read;
		}
		catch (IOException ex) {
			this.failed = true;
			throw ex;
		}
	}

	/** GZIPInputStream looks for another member only where this is not 0. */
	@Override
	public int available() throws IOException {
		return this.in.available();
	}

	/** Reads what a decompressor left over, and answers the digest of all. */
	Digest finish() throws IOException {
		byte[] rest = new byte[SKIP];
		int read;
		do {
			read = read(rest, 0, rest.length);
		}
		while (read >= 0);
		return Digest.of(this.digest.digest());
	}

	long count() {
		return this.count;
	}

	/** Whether reading the archive itself failed: the client went away. */
	boolean hasFailed() {
		return this.failed;
	}

	/** What is below belongs to the archive, and stays open. */
	@Override
	public void close() {
	}

}
