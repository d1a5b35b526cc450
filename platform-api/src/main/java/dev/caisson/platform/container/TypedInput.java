package dev.caisson.platform.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

import dev.caisson.platform.server.HijackedStream;
import org.jspecify.annotations.Nullable;

/** What a client sends to a process. */
final class TypedInput {

	private static final int BUFFER = 64 * 1024;

	private TypedInput() {
	}

	/**
	 * Passes it on until the client has sent everything, or the keys that take it off a
	 * terminal.
	 * @param detach those keys; null if there is no terminal
	 * @throws IOException if the client has gone
	 */
	static void copy(HijackedStream stream, @Nullable DetachKeys detach, Consumer<ByteBuffer> target)
			throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
		while (stream.read(buffer.clear()) >= 0) {
			buffer.flip();
			ByteBuffer typed = (detach != null) ? detach.filter(buffer) : buffer;
			if (typed.hasRemaining()) {
				target.accept(typed);
			}
			if (detach != null && detach.isComplete()) {
				return;
			}
		}
	}

}
