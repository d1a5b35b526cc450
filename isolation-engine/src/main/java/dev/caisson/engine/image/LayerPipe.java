package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.FastSha256;

/**
 * A layer's uncompressed archive on its way from the thread that reads and hashes it to
 * the one that writes its files, so that both work at once. The former calls
 * {@link #pump} and may be a virtual thread; the latter reads this stream, closes it when
 * it has seen enough, and blocks in system calls, so it should not be one.
 */
final class LayerPipe extends InputStream {

	private static final int CHUNKS_AHEAD = 6;

	private static final int CHUNK = 256 * 1024;

	private static final long RECHECK_MILLIS = 20;

	private final BlockingQueue<Chunk> ahead = new ArrayBlockingQueue<>(CHUNKS_AHEAD);

	private final StoredLayer stored;

	private final Compression compression;

	private final long limit;

	private Chunk current = new Chunk(new byte[0], 0, null, null);

	private int position;

	private volatile boolean closed;

	/**
	 * @param in the layer as stored
	 * @param compression of the stream
	 * @param limit bytes of the uncompressed archive at most
	 */
	LayerPipe(InputStream in, Compression compression, long limit) {
		this.compression = compression;
		this.limit = limit;
		this.stored = new StoredLayer(in);
	}

	/**
	 * Reads the layer to its end, or until nobody wants more of it. What goes wrong is
	 * thrown to the one who reads this stream.
	 * @param progress is told how many bytes of the layer, as stored, were read
	 */
	void pump(LongConsumer progress) {
		try {
			hand(readToEnd(progress));
		}
		catch (Throwable ex) {
			// an error, too, has to wake the one who waits for the next chunk
			hand(new Chunk(new byte[0], 0, null, ex));
		}
	}

	/** Hands on all chunks but the last, which comes with the digests. */
	private Chunk readToEnd(LongConsumer progress) throws IOException {
		try (InputStream in = this.compression.unpack(this.stored)) {
			MessageDigest digest = FastSha256.create();
			boolean packed = this.compression != Compression.NONE;
			long total = 0;
			while (!this.closed) {
				byte[] bytes = new byte[CHUNK];
				int length = in.readNBytes(bytes, 0, CHUNK);
				total += length;
				if (total > this.limit) {
					throw new InvalidImageException("layer: an archive of more than " + this.limit + " bytes");
				}
				if (packed) {
					digest.update(bytes, 0, length);
				}
				progress.accept(this.stored.count());
				if (length < CHUNK) {
					Digest blob = this.stored.finish();
					return new Chunk(bytes, length, new Digests(blob, packed ? Digest.of(digest.digest()) : blob),
							null);
				}
				hand(new Chunk(bytes, length, null, null));
			}
			throw new IOException("nobody wants the rest of the layer");
		}
	}

	private void hand(Chunk chunk) {
		boolean handed = false;
		boolean interrupted = false;
		while (!handed && !this.closed) {
			try {
				handed = this.ahead.offer(chunk, RECHECK_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		while (this.position == this.current.length) {
			if (this.current.digests != null) {
				return -1;
			}
			advance();
		}
		int count = Math.min(length, this.current.length - this.position);
		System.arraycopy(this.current.bytes, this.position, bytes, offset, count);
		this.position += count;
		return count;
	}

	private void advance() throws IOException {
		rethrow(this.current.failure);
		try {
			this.current = this.ahead.take();
			this.position = 0;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while a layer was read", ex);
		}
		rethrow(this.current.failure);
	}

	/** A corrupt layer and a client that went away both arrive as IOException. */
	private void rethrow(@Nullable Throwable failure) throws IOException {
		switch (failure) {
			case null -> {
			}
			case IOException ex when this.stored.hasFailed() -> throw ex;
			case IOException ex -> throw new InvalidImageException(
					"layer: corrupt " + this.compression + " stream: " + ex.getMessage(), ex);
			case RuntimeException ex -> throw ex;
			default -> throw new IllegalStateException("cannot read a layer: " + failure, failure);
		}
	}

	/** The layer's digests; known when it was read to its end. */
	Digests digests() {
		return Objects.requireNonNull(this.current.digests, "the layer was not read to its end");
	}

	/** Lets {@link #pump} come to an end. */
	@Override
	public void close() {
		this.closed = true;
	}

	/**
	 * The two digests of a layer.
	 *
	 * @param blob of the layer as stored
	 * @param diffId of the uncompressed archive
	 */
	record Digests(Digest blob, Digest diffId) {

	}

	/** A piece of the archive; the last has the digests, or the failure. */
	private record Chunk(byte[] bytes, int length, @Nullable Digests digests, @Nullable Throwable failure) {

	}

}
