package dev.caisson.platform.server;

import java.io.IOException;

import jakarta.servlet.http.HttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

/** Writes errors in the form of the Docker API: a status and {@code {"message": …}}. */
public final class ErrorWriter {

	private final JsonMapper json;

	ErrorWriter(JsonMapper json) {
		this.json = json;
	}

	/** Answers an error, unless the answer has begun. */
	public void write(HttpServletResponse response, int status, String message) throws IOException {
		RequestNotes.failure(message);
		if (response.isCommitted()) {
			return;
		}
		response.resetBuffer();
		response.setStatus(status);
		RequestNotes.answering(status);
		if (status == HttpServletResponse.SC_NOT_MODIFIED) {
			return;
		}
		byte[] body = this.json.writeValueAsBytes(new ErrorMessage(message));
		response.setContentType("application/json");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

}
