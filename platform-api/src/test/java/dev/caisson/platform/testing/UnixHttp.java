package dev.caisson.platform.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * HTTP over a unix socket, as little of it as tests need: one request a connection, and
 * connections that are taken over. The bytes of a request are the test's own, so it can
 * also send what no client library would.
 */
public final class UnixHttp {

	private final Path socket;

	public UnixHttp(Path socket) {
		this.socket = socket;
	}

	public Answer get(String path) throws IOException {
		return send("GET", path, null, null);
	}

	public Answer delete(String path) throws IOException {
		return send("DELETE", path, null, null);
	}

	public Answer post(String path) throws IOException {
		return send("POST", path, null, new byte[0]);
	}

	public Answer post(String path, String json) throws IOException {
		return send("POST", path, "application/json", json.getBytes(StandardCharsets.UTF_8));
	}

	public Answer send(String method, String path, @Nullable String contentType, byte @Nullable [] body)
			throws IOException {
		return send(method, path, contentType, body, Map.of());
	}

	/** Without a body, but with further fields. */
	public Answer send(String method, String path, Map<String, String> headers) throws IOException {
		return send(method, path, null, method.equals("GET") ? null : new byte[0], headers);
	}

	private Answer send(String method, String path, @Nullable String contentType, byte @Nullable [] body,
			Map<String, String> headers) throws IOException {
		StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: docker\r\n");
		headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		if (contentType != null) {
			head.append("Content-Type: ").append(contentType).append("\r\n");
		}
		if (body != null) {
			head.append("Content-Length: ").append(body.length).append("\r\n");
		}
		try (Connection connection = connect()) {
			connection.write(ByteBuffer.wrap(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8)));
			if (body != null) {
				connection.write(ByteBuffer.wrap(body));
			}
			return connection.answer(!"HEAD".equals(method));
		}
	}

	/** Asks for a takeover; the answer's head has been read when this returns. */
	public Connection hijack(String path, boolean upgrade) throws IOException {
		Connection connection = connect();
		connection.write(ByteBuffer.wrap(("POST " + path + " HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n"
				+ (upgrade ? "Connection: Upgrade\r\nUpgrade: tcp\r\n" : "") + "\r\n")
			.getBytes(StandardCharsets.UTF_8)));
		connection.readHead();
		return connection;
	}

	public Connection connect() throws IOException {
		SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
		channel.connect(UnixDomainSocketAddress.of(this.socket));
		return new Connection(channel);
	}

	/**
	 * What the server answered.
	 *
	 * @param status the code
	 * @param headers names in lower case
	 * @param body decoded
	 */
	public record Answer(int status, Map<String, String> headers, String body) {
	}

	/** A connection whose bytes the test reads and writes itself. */
	public static final class Connection implements AutoCloseable {

		private final SocketChannel channel;

		private final ByteBuffer input = ByteBuffer.allocate(64 * 1024).flip();

		private int status;

		private Map<String, String> headers = Map.of();

		private Connection(SocketChannel channel) {
			this.channel = channel;
		}

		public int status() {
			return this.status;
		}

		public Map<String, String> headers() {
			return this.headers;
		}

		public void write(ByteBuffer data) throws IOException {
			while (data.hasRemaining()) {
				this.channel.write(data);
			}
		}

		public void closeOutput() throws IOException {
			this.channel.shutdownOutput();
		}

		/** Returns the next byte, or -1 at the end. */
		public int read() throws IOException {
			if (!this.input.hasRemaining()) {
				this.input.clear();
				int count = this.channel.read(this.input);
				this.input.flip();
				if (count < 0) {
					return -1;
				}
			}
			return this.input.get() & 0xff;
		}

		public byte[] read(int count) throws IOException {
			byte[] bytes = new byte[count];
			for (int i = 0; i < count; i++) {
				int next = read();
				if (next < 0) {
					throw new EOFException("after " + i + " of " + count + " bytes");
				}
				bytes[i] = (byte) next;
			}
			return bytes;
		}

		public byte[] readToEnd() throws IOException {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			for (int next = read(); next >= 0; next = read()) {
				bytes.write(next);
			}
			return bytes.toByteArray();
		}

		/** Reads the status line and the headers. */
		public void readHead() throws IOException {
			this.status = Integer.parseInt(readLine().split(" ", 3)[1]);
			this.headers = new TreeMap<>();
			for (String line = readLine(); !line.isEmpty(); line = readLine()) {
				int colon = line.indexOf(':');
				this.headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
			}
		}

		public Answer answer(boolean withBody) throws IOException {
			readHead();
			boolean none = !withBody || this.status == 204 || this.status == 304;
			return new Answer(this.status, this.headers, none ? "" : new String(readBody(), StandardCharsets.UTF_8));
		}

		private byte[] readBody() throws IOException {
			if ("chunked".equals(this.headers.get("transfer-encoding"))) {
				ByteArrayOutputStream bytes = new ByteArrayOutputStream();
				for (byte[] chunk = readChunk(); chunk.length > 0; chunk = readChunk()) {
					bytes.write(chunk);
				}
				return bytes.toByteArray();
			}
			String length = this.headers.get("content-length");
			return (length != null) ? read(Integer.parseInt(length)) : readToEnd();
		}

		/** Reads one chunk of a chunked body; empty at its end. */
		public byte[] readChunk() throws IOException {
			byte[] chunk = read(Integer.parseInt(readLine(), 16));
			readLine();
			return chunk;
		}

		public String readLine() throws IOException {
			StringBuilder line = new StringBuilder();
			for (int next = read(); next != '\n'; next = read()) {
				if (next < 0) {
					throw new EOFException("in line: " + line);
				}
				line.append((char) next);
			}
			return line.toString().stripTrailing();
		}

		@Override
		public void close() throws IOException {
			this.channel.close();
		}

	}

}
