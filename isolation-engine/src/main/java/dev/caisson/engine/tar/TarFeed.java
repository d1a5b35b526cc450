package dev.caisson.engine.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * An archive that is written by one thread and read by another. Whoever has read it to
 * its end asks with {@link #finish} whether it was all of it: an archive that breaks off
 * may look like a whole one.
 */
public final class TarFeed implements AutoCloseable {

	private static final int BUFFER = 512 * 1024;

	private final PipedInputStream in = new PipedInputStream(BUFFER);

	private final FutureTask<Void> writing;

	private volatile boolean unwanted;

	/** Begins to write. */
	public TarFeed(Source source) throws IOException {
		PipedOutputStream out = new PipedOutputStream(this.in);
		this.writing = new FutureTask<>(() -> {
			try (out; OutputStream prompt = new Prompt(out)) {
				source.writeTo(prompt);
			}
			catch (IOException ex) {
				if (!this.unwanted) {
					throw ex;
				}
			}
			return null;
		});
		Thread.ofPlatform().name("tar-packer").daemon().start(this.writing);
	}

	public InputStream stream() {
		return this.in;
	}

	/**
	 * Waits for the writer.
	 * @throws IOException if it could not read what it writes
	 */
	public void finish() throws IOException {
		try {
			this.writing.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while an archive was packed", ex);
		}
		catch (ExecutionException ex) {
			switch (ex.getCause()) {
				case IOException cause -> throw cause;
				case RuntimeException cause -> throw cause;
				default -> throw new IllegalStateException("cannot pack an archive: " + ex.getCause(), ex);
			}
		}
	}

	/**
	 * The reader wants no more: the writer ends at its next write.
	 * @throws IOException if it had failed before for a reason of its own
	 */
	public void abandon() throws IOException {
		this.unwanted = true;
		this.in.close();
		finish();
	}

	/** Lets the writer end; whether it failed is told by the others. */
	@Override
	public void close() throws IOException {
		this.unwanted = true;
		this.in.close();
	}

	/** Writes the archive. */
	@FunctionalInterface
	public interface Source {

		void writeTo(OutputStream out) throws IOException;

	}

	/** Lets the reader have what is there: a pipe wakes it by itself only when full. */
	private static final class Prompt extends OutputStream {

		private static final int CHUNK = 128 * 1024;

		private final OutputStream out;

		private final byte[] buffer = new byte[CHUNK];

		private int count;

		Prompt(OutputStream out) {
			this.out = out;
		}

		@Override
		public void write(int value) throws IOException {
			write(new byte[] { (byte) value }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			int done = 0;
			while (done < length) {
				int chunk = Math.min(length - done, CHUNK - this.count);
				System.arraycopy(bytes, offset + done, this.buffer, this.count, chunk);
				this.count += chunk;
				done += chunk;
				if (this.count == CHUNK) {
					flush();
				}
			}
		}

		@Override
		public void flush() throws IOException {
			this.out.write(this.buffer, 0, this.count);
			this.count = 0;
			this.out.flush();
		}

		@Override
		public void close() throws IOException {
			flush();
		}

	}

}
