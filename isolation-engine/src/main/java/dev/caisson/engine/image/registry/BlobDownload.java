package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.image.Descriptor;
import dev.caisson.engine.image.registry.RegistryException.Kind;

/**
 * A blob as it comes from a registry. When the connection breaks, it goes on where it was
 * (RFC 9110, section 14); whoever reads it sees nothing of that. It has exactly as many
 * bytes as the manifest says; what they are is for the reader to verify. For one thread.
 */
final class BlobDownload extends InputStream {

	/** Failures in a row without a byte in between. */
	private static final int MAX_FAILURES = 5;

	private static final long FIRST_PAUSE = 200;

	private final Session session;

	private final URI uri;

	private final String scope;

	private final Descriptor blob;

	private @Nullable Answer answer;

	private long position;

	private int failures;

	BlobDownload(Session session, URI uri, String scope, Descriptor blob) {
		this.session = session;
		this.uri = uri;
		this.scope = scope;
		this.blob = blob;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		while (true) {
			try {
				return readOnce(bytes, offset, length);
			}
			catch (IOException | RegistryException ex) {
				recover(ex);
			}
		}
	}

	private int readOnce(byte[] bytes, int offset, int length) throws IOException {
		if (this.answer == null) {
			this.answer = open();
		}
		int read = this.answer.body().read(bytes, offset, length);
		if (read < 0 && this.position < this.blob.size()) {
			throw new IOException(
					"the connection was closed after " + this.position + " of " + this.blob.size() + " bytes");
		}
		if (read > 0) {
			this.position += read;
			this.failures = 0;
		}
		if (this.position > this.blob.size()) {
			throw new RegistryException(Kind.MALFORMED, "blob " + this.blob.digest() + ": more than the "
					+ this.blob.size() + " bytes of which the manifest speaks");
		}
		return read;
	}

	private Answer open() throws IOException {
		Call call = Call.get(this.uri, this.scope);
		if (this.position > 0) {
			call = call.with("Range", "bytes=" + this.position + "-" + (this.blob.size() - 1));
		}
		Answer opened = this.session.send(call);
		boolean part = opened.status() == 206
				&& opened.header("Content-Range").startsWith("bytes " + this.position + "-");
		if (opened.status() == 200) {
			// it begins anew, and so do we: what we have is skipped
			opened.body().skipNBytes(this.position);
		}
		else if (!part) {
			try (opened) {
				throw opened.failure("blob " + this.blob.digest());
			}
		}
		return opened;
	}

	private void recover(Exception failure) throws IOException {
		close();
		boolean final_ = failure instanceof RegistryException ex && ex.kind() != Kind.UNAVAILABLE;
		if (final_ || Thread.currentThread().isInterrupted() || ++this.failures == MAX_FAILURES) {
			switch (failure) {
				case IOException ex -> throw ex;
				case RegistryException ex -> throw ex;
				default -> throw new IllegalStateException(failure);
			}
		}
		Session.sleep(FIRST_PAUSE << this.failures);
	}

	@Override
	public void close() {
		if (this.answer != null) {
			this.answer.close();
			this.answer = null;
		}
	}

}
