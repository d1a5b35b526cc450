package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.caisson.engine.image.registry.RegistryException.Kind;

/**
 * What a registry answered; its body is still to be read, or to be closed.
 */
final class Answer implements AutoCloseable {

	private static final JsonMapper JSON = new JsonMapper();

	/** Of an answer that is no blob. */
	private static final int MAX_ERROR = 64 * 1024;

	private static final int MAX_SHOWN = 256;

	private final HttpResponse<InputStream> response;

	Answer(HttpResponse<InputStream> response) {
		this.response = response;
	}

	int status() {
		return this.response.statusCode();
	}

	boolean isSuccess() {
		return status() / 100 == 2;
	}

	boolean isRedirect() {
		return switch (status()) {
			case 301, 302, 303, 307, 308 -> true;
			default -> false;
		};
	}

	HttpResponse<InputStream> response() {
		return this.response;
	}

	String header(String name) {
		return this.response.headers().firstValue(name).orElse("");
	}

	InputStream body() {
		return this.response.body();
	}

	/**
	 * The whole body.
	 * @throws RegistryException if it is longer than this
	 */
	byte[] bytes(int most, String what) throws IOException {
		byte[] bytes = body().readNBytes(most + 1);
		if (bytes.length > most) {
			throw new RegistryException(Kind.MALFORMED, what + ": more than " + most + " bytes");
		}
		return bytes;
	}

	static @Nullable JsonNode json(byte[] bytes) {
		try {
			return JSON.readTree(bytes);
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/** The failure that this answer is, with the reason that the registry gives. */
	RegistryException failure(String what) {
		String reason = reason();
		Kind kind = switch (status()) {
			case 401 -> Kind.UNAUTHORIZED;
			case 403 -> Kind.DENIED;
			case 404 -> Kind.NOT_FOUND;
			case 429, 500, 502, 503, 504 -> Kind.UNAVAILABLE;
			default -> Kind.MALFORMED;
		};
		return new RegistryException(kind, what + ": " + reason);
	}

	/** The first error in the form that the distribution specification gives them. */
	private String reason() {
		try {
			JsonNode json = json(body().readNBytes(MAX_ERROR));
			JsonNode error = (json != null) ? json.path("errors").path(0) : null;
			if (error != null && error.path("code").isString()) {
				String code = error.path("code").asString().toLowerCase(Locale.ROOT).replace('_', ' ');
				return printable(code + ": " + error.path("message").asString(""));
			}
		}
		catch (IOException ex) {
			// the status has to do
		}
		return "the registry answered with status " + status();
	}

	/** What a stranger wrote, fit for a terminal and a log. */
	static String printable(String text) {
		String clean = text.replaceAll("\\p{Cntrl}", "?");
		return (clean.length() > MAX_SHOWN) ? clean.substring(0, MAX_SHOWN) + "..." : clean;
	}

	@Override
	public void close() {
		try {
			body().close();
		}
		catch (IOException ex) {
			// its connection is of no use any more, and gone
		}
	}

}
