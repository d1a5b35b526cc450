package dev.caisson.platform.container;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A multiplexed stream, taken apart.
 *
 * @param outputBytes of standard output
 * @param errorBytes of standard error
 */
record Frames(byte[] outputBytes, byte[] errorBytes) {

	static Frames of(byte[] stream) {
		var streams = new ByteArrayOutputStream[] { new ByteArrayOutputStream(), new ByteArrayOutputStream() };
		ByteBuffer bytes = ByteBuffer.wrap(stream);
		while (bytes.hasRemaining()) {
			int number = bytes.getInt() >>> 24;
			byte[] frame = new byte[bytes.getInt()];
			bytes.get(frame);
			streams[number - 1].writeBytes(frame);
		}
		return new Frames(streams[0].toByteArray(), streams[1].toByteArray());
	}

	String output() {
		return new String(this.outputBytes, StandardCharsets.UTF_8);
	}

	String error() {
		return new String(this.errorBytes, StandardCharsets.UTF_8);
	}

}
