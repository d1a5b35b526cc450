package dev.caisson.platform.container;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import dev.caisson.engine.container.LogLine;
import dev.caisson.platform.server.MultiplexedStream;

/**
 * How a log goes over the wire.
 *
 * @param multiplexed whether each line has a frame; a terminal's have none
 * @param timestamps whether each line begins with its time
 * @param details what stands before each line, see {@link LogDetails}
 */
record LogFormat(boolean multiplexed, boolean timestamps, String details) {

	LogFormat(boolean multiplexed, boolean timestamps) {
		this(multiplexed, timestamps, "");
	}

	/** RFC 3339, always with nine digits, so that lines stay in columns. */
	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z' ")
		.withZone(ZoneOffset.UTC);

	byte[] bytes(LogLine line) {
		byte[] before = ((this.timestamps ? TIME.format(line.time()) : "") + this.details)
			.getBytes(StandardCharsets.UTF_8);
		int length = before.length + line.text().length;
		ByteBuffer bytes = ByteBuffer.allocate(length + (this.multiplexed ? MultiplexedStream.HEADER : 0));
		if (this.multiplexed) {
			bytes.put(MultiplexedStream.header(line.stream(), length));
		}
		return bytes.put(before).put(line.text()).array();
	}

}
