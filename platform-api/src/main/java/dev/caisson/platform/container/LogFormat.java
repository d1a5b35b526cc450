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
 */
record LogFormat(boolean multiplexed, boolean timestamps) {

	/** RFC 3339, always with nine digits, so that lines stay in columns. */
	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z' ")
		.withZone(ZoneOffset.UTC);

	byte[] bytes(LogLine line) {
		byte[] time = this.timestamps ? TIME.format(line.time()).getBytes(StandardCharsets.US_ASCII) : new byte[0];
		int length = time.length + line.text().length;
		ByteBuffer bytes = ByteBuffer.allocate(length + (this.multiplexed ? MultiplexedStream.HEADER : 0));
		if (this.multiplexed) {
			bytes.put(MultiplexedStream.header(line.stream(), length));
		}
		return bytes.put(time).put(line.text()).array();
	}

}
