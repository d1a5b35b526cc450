package dev.caisson.platform.server;

import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;

/**
 * Takes a connection over from HTTP, as attach and exec need it. A client that asks for
 * {@code Upgrade: tcp} gets a 101; one that does not gets a 200 without a length, and the
 * raw bytes after it all the same.
 */
public final class Hijack {

	/** Raw bytes, of a terminal, or of any container before API 1.42. */
	public static final String RAW_STREAM = "application/vnd.docker.raw-stream";

	/** Frames of output and error, see {@link MultiplexedStream}. */
	public static final String MULTIPLEXED_STREAM = "application/vnd.docker.multiplexed-stream";

	private Hijack() {
	}

	/** The media type that a client of this version expects. */
	public static String contentType(ApiVersion version, boolean terminal) {
		return (terminal || !version.isAtLeast(1, 42)) ? RAW_STREAM : MULTIPLEXED_STREAM;
	}

	/**
	 * Answers the request and hands the connection to the handler, which runs after this
	 * method has returned and the controller with it. Nothing may be written to the
	 * response afterwards.
	 * @throws IOException if the client has gone already
	 */
	public static void start(HttpServletRequest request, HttpServletResponse response, String contentType,
			HijackHandler handler) throws IOException {
		start(request, handler, new HijackedStream(ClientWatch.of(request)),
				(answer) -> writeHeaders(answer, contentType, asksForUpgrade(request)));
	}

	/**
	 * The same for a client that asks for a WebSocket, RFC 6455; the handler sees bytes.
	 * @throws BadParameterException if it does not ask for one
	 */
	public static void startWebSocket(HttpServletRequest request, HijackHandler handler) throws IOException {
		String key = request.getHeader("Sec-WebSocket-Key");
		if (key == null || !"websocket".equalsIgnoreCase(request.getHeader("Upgrade")) || !asksForUpgrade(request)) {
			throw new BadParameterException("not a WebSocket handshake: send Upgrade: websocket and its key");
		}
		HijackedStream stream = new HijackedStream(ClientWatch.of(request));
		stream.frame();
		start(request, handler, stream, (answer) -> {
			answer.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
			var headers = answer.getCoyoteResponse().getMimeHeaders();
			headers.setValue("Connection").setString("Upgrade");
			headers.setValue("Upgrade").setString("websocket");
			headers.setValue("Sec-WebSocket-Accept").setString(WebSocketFrames.accept(key));
		});
	}

	private static void start(HttpServletRequest request, HijackHandler handler, HijackedStream stream,
			Consumer<Response> headers) throws IOException {
		Response answer = ConnectionValve.responseOf(request);
		try {
			handler.beforeAnswer(stream);
			takeOver(answer.getRequest()).prepare(stream, handler);
			headers.accept(answer);
			answer.flushBuffer();
		}
		catch (IOException | RuntimeException ex) {
			stream.fail(ex);
			throw ex;
		}
	}

	private static Takeover takeOver(Request request) throws IOException {
		try {
			return request.upgrade(Takeover.class);
		}
		catch (ServletException ex) {
			throw new IllegalStateException("tomcat cannot hand over the connection", ex);
		}
	}

	/**
	 * Tomcat leaves the content type out of a 101, for no HTTP body follows; Docker's
	 * clients decide by it how to read the stream. So it is set below the servlet API.
	 */
	private static void writeHeaders(Response answer, String contentType, boolean upgrade) {
		var headers = answer.getCoyoteResponse().getMimeHeaders();
		if (upgrade) {
			answer.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
			headers.setValue("Content-Type").setString(contentType);
			headers.setValue("Connection").setString("Upgrade");
			headers.setValue("Upgrade").setString("tcp");
		}
		else {
			answer.setStatus(HttpServletResponse.SC_OK);
			answer.setContentType(contentType);
			// without it Tomcat would cut what follows into chunks
			headers.setValue("Connection").setString("close");
		}
	}

	private static boolean asksForUpgrade(HttpServletRequest request) {
		String connection = request.getHeader("Connection");
		return request.getHeader("Upgrade") != null && connection != null
				&& connection.toLowerCase(Locale.ROOT).contains("upgrade");
	}

}
