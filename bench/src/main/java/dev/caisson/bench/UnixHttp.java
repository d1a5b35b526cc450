package dev.caisson.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * HTTP/1.1 over a unix socket, on one connection that is kept: just enough to measure two
 * servers in the same way. Not thread-safe.
 */
final class UnixHttp implements AutoCloseable {

	private final SocketChannel channel;

	private final InputStream in;

	UnixHttp(Path socket) throws IOException {
		this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
		this.channel.connect(UnixDomainSocketAddress.of(socket));
		this.in = new BufferedInputStream(Channels.newInputStream(this.channel));
	}

	/** Sends a request and reads the whole answer; anything but 2xx is an error. */
	String send(String method, String path, String body) throws IOException {
		return exchange(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Sends a request whose answer ends with the connection, which is of no use
	 * afterwards.
	 * @return how many bytes came behind the head
	 */
	long readToEnd(String method, String path, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		writeHead(method, path, "application/json\r\nConnection: close", bytes.length);
		write(ByteBuffer.wrap(bytes));
		while (!line().isEmpty()) {
			// the head
		}
		return this.in.transferTo(OutputStream.nullOutputStream());
	}

	/** Sends a file as the body. */
	String upload(String path, Path file) throws IOException {
		return exchange("POST", path, "application/x-tar", Files.readAllBytes(file));
	}

	private String exchange(String method, String path, String type, byte[] body) throws IOException {
		writeHead(method, path, type, body.length);
		write(ByteBuffer.wrap(body));
		int status = Integer.parseInt(line().split(" ")[1]);
		String answer = readBody(status);
		if (status / 100 != 2) {
			throw new IOException(method + " " + path + ": " + status + " " + answer);
		}
		return answer;
	}

	private void writeHead(String method, String path, String type, int length) throws IOException {
		String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
				+ "\r\nContent-Length: " + length + "\r\n\r\n";
		write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
	}

	private void write(ByteBuffer data) throws IOException {
		while (data.hasRemaining()) {
			this.channel.write(data);
		}
	}

	private String readBody(int status) throws IOException {
		long length = (status == 204 || status == 304) ? 0 : -1;
		boolean chunked = false;
		for (String header = line(); !header.isEmpty(); header = line()) {
			String lower = header.toLowerCase(Locale.ROOT);
			if (lower.startsWith("content-length:")) {
				length = Long.parseLong(lower.substring("content-length:".length()).strip());
			}
			chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
		}
		return chunked ? chunks() : text((int) Math.max(length, 0));
	}

	private String chunks() throws IOException {
		StringBuilder body = new StringBuilder();
		for (int size = chunkSize(); size > 0; size = chunkSize()) {
			body.append(text(size));
			line();
		}
		line();
		return body.toString();
	}

	private int chunkSize() throws IOException {
		return Integer.parseInt(line().split(";")[0].strip(), 16);
	}

	private String text(int length) throws IOException {
		return new String(this.in.readNBytes(length), StandardCharsets.UTF_8);
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int b = this.in.read(); b != '\n'; b = this.in.read()) {
			if (b < 0) {
				throw new EOFException("the server closed the connection");
			}
			line.append((char) b);
		}
		return line.toString().strip();
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

}
