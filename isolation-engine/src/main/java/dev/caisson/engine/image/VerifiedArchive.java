package dev.caisson.engine.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

import dev.caisson.engine.linux.FastSha256;

/** Bytes that have to have a digest, which shows at their end. For one thread. */
final class VerifiedArchive extends FilterInputStream {

	private final Digest wanted;

	private final MessageDigest digest = FastSha256.create();

	private boolean ended;

	VerifiedArchive(InputStream in, Digest wanted) {
		super(in);
		this.wanted = wanted;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		int count = super.read(bytes, offset, length);
		if (count > 0) {
			this.digest.update(bytes, offset, count);
		}
		else if (count < 0 && !this.ended) {
			this.ended = true;
			Digest actual = Digest.of(this.digest.digest());
			if (!actual.equals(this.wanted)) {
				throw new IOException("layer " + this.wanted + " was changed on disk: it has the digest " + actual);
			}
		}
		return count;
	}

}
