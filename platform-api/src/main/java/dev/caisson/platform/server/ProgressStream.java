package dev.caisson.platform.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells a client of work under way: JSON objects, one a line, each sent at once. After
 * the first of them the status is out, so an error is one more object.
 */
public final class ProgressStream {

	private static final byte[] END_OF_LINE = { '\r', '\n' };

	private final HttpServletResponse response;

	private final JsonMapper json;

	public ProgressStream(HttpServletResponse response, JsonMapper json) {
		this.response = response;
		this.json = json;
	}

	/**
	 * Sends one object.
	 * @throws UncheckedIOException if the client has gone, which ends the work
	 */
	public void send(Map<String, ?> message) {
		try {
			if (!this.response.isCommitted()) {
				this.response.setContentType("application/json");
			}
			this.response.getOutputStream().write(this.json.writeValueAsBytes(message));
			this.response.getOutputStream().write(END_OF_LINE);
			this.response.flushBuffer();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Sends an error in the two forms that clients look for. */
	public void fail(String message) {
		RequestNotes.failure(message);
		send(Map.of("errorDetail", Map.of("message", message), "error", message));
	}

	/** Whether an error can still be an ordinary answer. */
	public boolean isStarted() {
		return this.response.isCommitted();
	}

}
