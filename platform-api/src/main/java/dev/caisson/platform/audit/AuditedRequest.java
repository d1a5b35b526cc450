package dev.caisson.platform.audit;

import java.io.ByteArrayInputStream;
import java.io.IOException;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request whose small body can be looked at before the one it is meant for reads it.
 */
final class AuditedRequest extends HttpServletRequestWrapper {

	/** Bytes; the server refuses longer JSON anyway. */
	private static final int LONGEST = 4 << 20;

	private byte @Nullable [] body;

	AuditedRequest(HttpServletRequest request) {
		super(request);
	}

	/** The body if it is JSON, or may be; empty if it is something else or longer. */
	byte[] json() throws IOException {
		String type = getContentType();
		long length = getContentLengthLong();
		boolean json = (type != null) ? type.toLowerCase(java.util.Locale.ROOT).contains("json") : length > 0;
		if (!json || length > LONGEST) {
			return new byte[0];
		}
		if (this.body == null) {
			this.body = super.getInputStream().readAllBytes();
		}
		return this.body;
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		return (this.body != null) ? new Replay(this.body) : super.getInputStream();
	}

	/** The same bytes again. */
	private static final class Replay extends ServletInputStream {

		private final ByteArrayInputStream bytes;

		Replay(byte[] bytes) {
			this.bytes = new ByteArrayInputStream(bytes);
		}

		@Override
		public int read() {
			return this.bytes.read();
		}

		@Override
		public int read(byte[] target, int offset, int length) {
			return this.bytes.read(target, offset, length);
		}

		@Override
		public boolean isFinished() {
			return this.bytes.available() == 0;
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new IllegalStateException("the body is read by blocking calls");
		}

	}

}
