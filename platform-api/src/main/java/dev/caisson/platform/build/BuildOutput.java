package dev.caisson.platform.build;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.caisson.engine.container.OutputSink;
import dev.caisson.engine.image.Digest;
import dev.caisson.platform.server.ProgressStream;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told of its build, in Docker's words. Safe for use by many threads.
 */
final class BuildOutput {

	/** Characters: enough to see what went wrong. */
	private static final int MOST_KEPT = 1 << 20;

	private final ProgressStream stream;

	private final boolean quiet;

	/** What a quiet client was not told. */
	private final StringBuilder kept = new StringBuilder();

	BuildOutput(ProgressStream stream, boolean quiet) {
		this.stream = stream;
		this.quiet = quiet;
	}

	/** A line, which a client that wants to know only the id has if the build fails. */
	void line(String text) {
		text(text + "\n");
	}

	private synchronized void text(String text) {
		if (!this.quiet) {
			send(Map.of("stream", text));
		}
		else if (this.kept.length() < MOST_KEPT) {
			this.kept.append(text);
		}
	}

	private synchronized void send(Map<String, ?> message) {
		this.stream.send(message);
	}

	/**
	 * Where a pull tells of its progress, while nothing else does; null if it shall not.
	 */
	@Nullable ProgressStream progress() {
		return this.quiet ? null : this.stream;
	}

	/** The id of a stage's image, for clients that are programs. */
	void image(Digest id) {
		if (!this.quiet) {
			send(Map.of("aux", Map.of("ID", id.toString())));
		}
	}

	/** What a quiet client waits for. */
	void result(Digest id) {
		send(Map.of("stream", id + "\n"));
	}

	/** Ends the stream; Docker puts the status of a command into it. */
	void fail(String message, int code) {
		if (!this.kept.isEmpty()) {
			send(Map.of("stream", this.kept.toString()));
		}
		Map<String, Object> detail = new LinkedHashMap<>();
		if (code != 0) {
			detail.put("code", code);
		}
		detail.put("message", message);
		Map<String, Object> error = new LinkedHashMap<>();
		error.put("errorDetail", detail);
		error.put("error", message);
		send(error);
	}

	/**
	 * Passes on what a command writes; errors in red, as Docker does.
	 * @param gone is told when the client takes no more of it
	 */
	OutputSink commandSink(Runnable gone) {
		return new CommandSink(gone);
	}

	private final class CommandSink implements OutputSink {

		private final Runnable gone;

		private final Text output = new Text();

		private final Text errors = new Text();

		CommandSink(Runnable gone) {
			this.gone = gone;
		}

		@Override
		public void output(int number, ByteBuffer data) {
			String text = ((number == 2) ? this.errors : this.output).decode(data);
			try {
				if (!text.isEmpty()) {
					text((number == 2) ? "\u001b[91m" + text + "\u001b[0m" : text);
				}
			}
			catch (UncheckedIOException ex) {
				// whoever calls this has no way to answer the client
				this.gone.run();
			}
		}

		@Override
		public void end() {
		}

	}

	/** Bytes become text; a character may be divided between two pieces. */
	private static final class Text {

		private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.onUnmappableCharacter(CodingErrorAction.REPLACE);

		private byte[] rest = new byte[0];

		String decode(ByteBuffer data) {
			ByteBuffer bytes = ByteBuffer.allocate(this.rest.length + data.remaining()).put(this.rest).put(data).flip();
			CharBuffer characters = CharBuffer.allocate(bytes.remaining());
			this.decoder.reset().decode(bytes, characters, false);
			this.rest = new byte[bytes.remaining()];
			bytes.get(this.rest);
			return characters.flip().toString();
		}

	}

}
