package dev.caisson.engine.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A blob that is being written, under a name that marks it as unfinished.
 *
 * @param path where it is
 * @param channel for writing
 */
record PartialBlob(Path path, FileChannel channel) {

	/** The same bytes as this stream; what is read of it goes into the blob as well. */
	InputStream filledFrom(InputStream in) {
		return new FilterInputStream(in) {

			@Override
			public int read() throws IOException {
				byte[] one = new byte[1];
				return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				int read = super.read(bytes, offset, length);
				if (read > 0) {
					write(ByteBuffer.wrap(bytes, offset, read));
				}
				return read;
			}

		};
	}

	void discard() {
		try {
			this.channel.close();
			Files.deleteIfExists(this.path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void write(ByteBuffer bytes) throws IOException {
		while (bytes.hasRemaining()) {
			this.channel.write(bytes);
		}
	}

}
