package dev.caisson.engine.image;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;

import dev.caisson.engine.linux.FastSha256;

/** Hashes what is written through it. For one thread. */
final class HashedOutput extends FilterOutputStream {

	private final MessageDigest digest = FastSha256.create();

	HashedOutput(OutputStream out) {
		super(out);
	}

	@Override
	public void write(int one) throws IOException {
		write(new byte[] { (byte) one }, 0, 1);
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		this.out.write(bytes, offset, length);
		this.digest.update(bytes, offset, length);
	}

	/** The digest of all that was written; to be asked once. */
	Digest digest() {
		return Digest.of(this.digest.digest());
	}

}
