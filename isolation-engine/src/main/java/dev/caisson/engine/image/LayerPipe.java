package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.FastSha256;

/**
 * A layer's uncompressed archive, read ahead by a thread of its own that also makes both
 * digests: so unpacking and hashing share the time with writing files. The stream is for
 * one reader, and ends its thread when closed.
 */
final class LayerPipe extends InputStream {

	private static final int CHUNKS_AHEAD = 6;

	private static final int CHUNK = 256 * 1024;

	private final BlockingQueue<Chunk> ahead = new ArrayBlockingQueue<>(CHUNKS_AHEAD);

	private final StoredLayer stored;

	private final Compression compression;

	private final long limit;

	private final Thread thread;

	private Chunk current = new Chunk(new byte[0], 0, null, null);

	private int position;

	private volatile boolean cancelled;

	/**
	 * @param in the layer as stored, which nobody else reads before this is closed
	 * @param compression of the stream
	 * @param limit bytes of the uncompressed archive at most
	 */
	LayerPipe(InputStream in, Compression compression, long limit) {
		this.compression = compression;
		this.limit = limit;
		this.stored = new StoredLayer(in);
		this.thread = Thread.ofPlatform().name("layer-reader").daemon().start(this::readAhead);
	}

	private void readAhead() {
		try {
			hand(readToEnd());
		}
		catch (Throwable ex) {
			// an error, too, has to wake the one who waits for the next chunk
			hand(new Chunk(new byte[0], 0, null, ex));
		}
	}

	/** Hands on all chunks but the last, which comes with the digests. */
	private Chunk readToEnd() throws IOException {
		try (InputStream in = this.compression.unpack(this.stored)) {
			MessageDigest digest = FastSha256.create();
			boolean packed = this.compression != Compression.NONE;
			long total = 0;
			while (!this.cancelled) {
				byte[] bytes = new byte[CHUNK];
				int length = in.readNBytes(bytes, 0, CHUNK);
				total += length;
				if (total > this.limit) {
					throw new InvalidImageException("layer: an archive of more than " + this.limit + " bytes");
				}
				if (packed) {
					digest.update(bytes, 0, length);
				}
				if (length < CHUNK) {
					Digest blob = this.stored.finish();
					return new Chunk(bytes, length, new Digests(blob, packed ? Digest.of(digest.digest()) : blob),
							null);
				}
				hand(new Chunk(bytes, length, null, null));
			}
			throw new IOException("cancelled");
		}
	}

	private void hand(Chunk chunk) {
		boolean handed = false;
		while (!handed && !this.cancelled) {
			try {
				this.ahead.put(chunk);
				handed = true;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException("nobody interrupts the reader of a layer", ex);
			}
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

	/** Bytes of the layer, as stored, that were read so far. */
	long storedBytes() {
		return this.stored.count();
	}

	/** The layer's digests; known when it was read to its end. */
	Digests digests() {
		return Objects.requireNonNull(this.current.digests, "the layer was not read to its end");
	}

	/** Stops reading ahead, and returns when the stored layer is not read any more. */
	@Override
	public void close() {
		this.cancelled = true;
		boolean interrupted = false;
		while (this.thread.isAlive()) {
			this.ahead.clear();
			try {
				this.thread.join(5);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
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
