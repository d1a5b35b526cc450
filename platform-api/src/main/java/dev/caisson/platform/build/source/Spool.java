package dev.caisson.platform.build.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Bytes of a context on disk, in a file that has no name any more: it goes with the
 * build, however that ends. Reading is safe for use by many threads.
 */
final class Spool implements AutoCloseable {

	private final FileChannel channel;

	private long end;

	private Spool(FileChannel channel) {
		this.channel = channel;
	}

	/** Makes one in a directory whose remains are removed at the next start. */
	static Spool in(Path directory) throws IOException {
		Path path = directory.resolve("context-" + UUID.randomUUID());
		return new Spool(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
				StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
	}

	/** Where the next byte will be. */
	long position() {
		return this.end;
	}

	void write(byte[] bytes, int offset, int length) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
		while (buffer.hasRemaining()) {
			this.end += this.channel.write(buffer, this.end);
		}
	}

	/** A part of it. */
	InputStream open(long position, long length) {
		return new Part(position, length);
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

	private final class Part extends InputStream {

		private long position;

		private long left;

		Part(long position, long length) {
			this.position = position;
			this.left = length;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			if (this.left == 0) {
				return -1;
			}
			int wanted = (int) Math.min(length, this.left);
			int count = Spool.this.channel.read(ByteBuffer.wrap(bytes, offset, wanted), this.position);
			if (count < 0) {
				throw new EOFException("the stored context has ended");
			}
			this.position += count;
			this.left -= count;
			return count;
		}

	}

}
