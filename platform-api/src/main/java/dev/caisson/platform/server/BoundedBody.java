package dev.caisson.platform.server;

import java.io.IOException;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

/** A request body that may not be longer than the limit. */
final class BoundedBody extends ServletInputStream {

	/** Bytes; a container with a thousand mounts needs less than a tenth of it. */
	static final int LIMIT = 4 * 1024 * 1024;

	private final ServletInputStream body;

	private long taken;

	BoundedBody(ServletInputStream body) {
		this.body = body;
	}

	@Override
	public int read() throws IOException {
		int value = this.body.read();
		count((value >= 0) ? 1 : 0);
		return value;
	}

	@Override
	public int read(byte[] target, int offset, int length) throws IOException {
		int count = this.body.read(target, offset, length);
		count(count);
		return count;
	}

	private void count(int count) {
		this.taken += Math.max(count, 0);
		if (this.taken > LIMIT) {
			throw new BodyTooLargeException();
		}
	}

	@Override
	public boolean isFinished() {
		return this.body.isFinished();
	}

	@Override
	public boolean isReady() {
		return this.body.isReady();
	}

	@Override
	public void setReadListener(ReadListener listener) {
		this.body.setReadListener(listener);
	}

}
