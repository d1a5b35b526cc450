package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;

import dev.caisson.engine.tar.TarReader;

/**
 * The content of an archive's current member, whose first bytes were read to see what it
 * is.
 */
final class MemberStream extends InputStream {

	private final TarReader tar;

	private final byte[] start;

	private int position;

	MemberStream(TarReader tar, byte[] start) {
		this.tar = tar;
		this.start = start;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (this.position == this.start.length) {
			return this.tar.read(bytes, offset, length);
		}
		int count = Math.min(length, this.start.length - this.position);
		System.arraycopy(this.start, this.position, bytes, offset, count);
		this.position += count;
		return count;
	}

	@Override
	public int available() {
		return (int) Math.min(Integer.MAX_VALUE, this.start.length - this.position + this.tar.remaining());
	}

}
