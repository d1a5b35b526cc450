package dev.caisson.platform.server;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

/**
 * The frames of a WebSocket, see RFC 6455, for a stream of bytes: where messages begin
 * and end means nothing. One thread reads; writers exclude each other by themselves.
 */
final class WebSocketFrames {

	/** Section 1.3. */
	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	/** Section 5.2. */
	private static final int FINAL = 0x80, MASKED = 0x80, LENGTH = 0x7f, LENGTH_16 = 126, LENGTH_64 = 127;

	private static final int BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

	/** Section 5.5: a control frame has no more. */
	private static final int LONGEST_CONTROL = 125;

	private static final int NORMAL_CLOSURE = 1000;

	private final byte[] mask = new byte[4];

	/** Of the frame in hand. */
	private long left;

	private long position;

	/** Answers the key of the client's handshake. */
	static String accept(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What stands before data of the service. */
	static ByteBuffer header(int length) {
		return header(BINARY, length);
	}

	static ByteBuffer close() {
		return header(CLOSE, Short.BYTES).limit(4).putShort(2, (short) NORMAL_CLOSURE);
	}

	private static ByteBuffer header(int kind, int length) {
		ByteBuffer header = ByteBuffer.allocate(10).put((byte) (FINAL | kind));
		if (length < LENGTH_16) {
			header.put((byte) length);
		}
		else if (length < 1 << 16) {
			header.put((byte) LENGTH_16).putShort((short) length);
		}
		else {
			header.put((byte) LENGTH_64).putLong(length);
		}
		return header.flip();
	}

	/**
	 * Reads data of the client.
	 * @return how many bytes; -1 when it will send no more
	 */
	int read(ByteBuffer target, Raw raw) throws IOException {
		while (this.left == 0) {
			if (!beginFrame(raw)) {
				return -1;
			}
		}
		int start = target.position();
		int most = (int) Math.min(target.remaining(), this.left);
		int count = raw.read(target.slice(start, most));
		for (int i = 0; i < count; i++) {
			target.put(start + i, unmasked(target.get(start + i)));
		}
		target.position(start + Math.max(count, 0));
		this.left -= Math.max(count, 0);
		return count;
	}

	private byte unmasked(byte value) {
		return (byte) (value ^ this.mask[(int) (this.position++ & 3)]);
	}

	/** Whether there is more to come. */
	private boolean beginFrame(Raw raw) throws IOException {
		ByteBuffer head = exactly(2, raw);
		if (head == null) {
			return false;
		}
		int kind = head.get(0) & 0xf;
		long length = length(head.get(1) & LENGTH, raw);
		if ((head.get(1) & MASKED) == 0 || length < 0 || (kind >= CLOSE && length > LONGEST_CONTROL)) {
			throw new ProtocolException("not a WebSocket frame of a client");
		}
		required(4, raw).get(this.mask);
		this.position = 0;
		if (kind >= CLOSE) {
			return control(kind, (int) length, raw);
		}
		this.left = length;
		return true;
	}

	private static long length(int given, Raw raw) throws IOException {
		return switch (given) {
			case LENGTH_16 -> required(2, raw).getShort(0) & 0xffff;
			case LENGTH_64 -> required(8, raw).getLong(0);
			default -> given;
		};
	}

	private boolean control(int kind, int length, Raw raw) throws IOException {
		ByteBuffer payload = required(length, raw);
		if (kind == PING) {
			for (int i = 0; i < length; i++) {
				payload.put(i, unmasked(payload.get(i)));
			}
			raw.write(header(PONG, length), payload);
		}
		return kind != CLOSE;
	}

	private static ByteBuffer required(int count, Raw raw) throws IOException {
		ByteBuffer bytes = exactly(count, raw);
		if (bytes == null) {
			throw new ProtocolException("a WebSocket frame ends in the middle");
		}
		return bytes;
	}

	/** Null at the end. */
	private static @Nullable ByteBuffer exactly(int count, Raw raw) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(count);
		while (bytes.hasRemaining()) {
			if (raw.read(bytes) < 0) {
				return null;
			}
		}
		return bytes.flip();
	}

	/** The connection below. */
	interface Raw {

		/** Advances the buffer; -1 at the end. */
		int read(ByteBuffer target) throws IOException;

		void write(ByteBuffer first, ByteBuffer second) throws IOException;

	}

}
