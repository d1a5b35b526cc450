package dev.caisson.engine.image;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;

import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;

/**
 * Writes down, while a layer is unpacked, how its archive is made again byte for byte:
 * all of the archive that is no file's content, and which files' contents come in
 * between. It takes little space, since headers are much alike. For one thread.
 */
final class RecipeWriter implements TarReader.Sink, AutoCloseable {

	/** What a part begins with. */
	static final int BYTES = 'B', CONTENT = 'C', END = 'E';

	/** Bytes are gathered up to here before they become a part. */
	static final int MOST = 64 * 1024;

	private static final int LEVEL = 1;

	private final DataOutputStream out;

	private final byte[] gathered = new byte[MOST];

	private int count;

	RecipeWriter(PartialBlob target) throws IOException {
		ZstdOutputStreamNoFinalizer packed = new ZstdOutputStreamNoFinalizer(Channels.newOutputStream(target.channel()),
				LEVEL);
		this.out = new DataOutputStream(packed);
	}

	@Override
	public void accept(byte[] bytes, int offset, int length) throws IOException {
		int done = 0;
		while (done < length) {
			if (this.count == MOST) {
				flush();
			}
			int chunk = Math.min(length - done, MOST - this.count);
			System.arraycopy(bytes, offset + done, this.gathered, this.count, chunk);
			this.count += chunk;
			done += chunk;
		}
	}

	private void flush() throws IOException {
		if (this.count > 0) {
			this.out.writeByte(BYTES);
			this.out.writeInt(this.count);
			this.out.write(this.gathered, 0, this.count);
			this.count = 0;
		}
	}

	/** So many bytes of this file come next. */
	void content(LayerPath path, long offset, long length) throws IOException {
		flush();
		this.out.writeByte(CONTENT);
		write(path.parent());
		write(path.name());
		this.out.writeLong(offset);
		this.out.writeLong(length);
	}

	private void write(String text) throws IOException {
		byte[] bytes = TarEntry.bytes(text);
		this.out.writeShort(bytes.length);
		this.out.write(bytes);
	}

	/** A recipe without its end is none. */
	void finish() throws IOException {
		flush();
		this.out.writeByte(END);
		this.out.flush();
	}

	@Override
	public void close() throws IOException {
		this.out.close();
	}

}
