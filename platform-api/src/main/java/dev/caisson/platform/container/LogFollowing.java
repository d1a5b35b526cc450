package dev.caisson.platform.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

import dev.caisson.engine.container.Container;
import dev.caisson.engine.container.LogLine;
import dev.caisson.engine.container.LogQuery;
import dev.caisson.platform.server.HijackHandler;
import dev.caisson.platform.server.HijackedStream;

/**
 * Follows a log until its container or its reader goes. The connection is taken over from
 * HTTP so that a reader who hangs up is noticed although the container says nothing:
 * otherwise each one would leave a descriptor and a thread behind.
 */
final class LogFollowing implements HijackHandler {

	private final Container container;

	private final LogQuery query;

	private final LogFormat format;

	LogFollowing(Container container, LogQuery query, LogFormat format) {
		this.container = container;
		this.query = query;
		this.format = format;
	}

	@Override
	public void run(HijackedStream stream) throws IOException {
		stream.whenGone(Thread.currentThread()::interrupt);
		Gathering lines = new Gathering(stream);
		read(this.container, this.query, (line) -> lines.add(this.format.bytes(line)), lines::send);
	}

	/** Reads a log to somebody who may fail. */
	static void read(Container container, LogQuery query, Reader reader) throws IOException {
		read(container, query, reader, () -> {
		});
	}

	private static void read(Container container, LogQuery query, Reader reader, Pause pause) throws IOException {
		try {
			container.readLog(query, (line) -> {
				try {
					reader.line(line);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}, () -> {
				try {
					pause.begins();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	/** Takes lines. */
	@FunctionalInterface
	interface Reader {

		void line(LogLine line) throws IOException;

	}

	/** Told that there is nothing more for the moment. */
	@FunctionalInterface
	interface Pause {

		void begins() throws IOException;

	}

	/** Sends many lines by one write: each costs a system call and wakes the client. */
	private static final class Gathering {

		private static final int ENOUGH = 64 << 10;

		private final HijackedStream stream;

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(2 * ENOUGH);

		Gathering(HijackedStream stream) {
			this.stream = stream;
		}

		void add(byte[] line) throws IOException {
			this.bytes.writeBytes(line);
			if (this.bytes.size() >= ENOUGH) {
				send();
			}
		}

		void send() throws IOException {
			if (this.bytes.size() > 0) {
				this.stream.write(ByteBuffer.wrap(this.bytes.toByteArray()));
				this.bytes.reset();
			}
		}

	}

}
