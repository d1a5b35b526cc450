package dev.caisson.platform.server;

import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Brings a request of the API into its one form before it is dispatched: the version is
 * taken off the path and noted, slashes in image names are encoded, JSON is bounded. Each
 * answer carries the headers by which clients know the server.
 */
final class ApiFilter extends HttpFilter {

	private static final long serialVersionUID = 1L;

	private static final Pattern VERSIONED = Pattern.compile("/v([0-9.]+)(/.*)");

	private final String product;

	private final transient ErrorWriter errors;

	ApiFilter(String product, ErrorWriter errors) {
		this.product = product;
		this.errors = errors;
	}

	@Override
	protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		response.setHeader("Api-Version", ApiVersion.MAXIMUM.toString());
		response.setHeader("Docker-Experimental", "false");
		response.setHeader("Ostype", "linux");
		response.setHeader("Server", this.product);
		try {
			chain.doFilter(normalized(request), response);
		}
		catch (ApiException ex) {
			this.errors.write(response, ex.status(), ex.getMessage());
		}
	}

	private static HttpServletRequest normalized(HttpServletRequest request) {
		String path = request.getRequestURI();
		Matcher matcher = VERSIONED.matcher(path);
		if (matcher.matches()) {
			request.setAttribute(ApiVersion.class.getName(), ApiVersion.negotiate(matcher.group(1)));
			path = matcher.group(2);
		}
		String rewritten = encodeImageName(path, "DELETE".equals(request.getMethod()));
		boolean json = isJson(request);
		if (json && request.getContentLengthLong() > BoundedBody.LIMIT) {
			throw new BodyTooLargeException();
		}
		return new NormalizedRequest(request, rewritten, json);
	}

	private static boolean isJson(HttpServletRequest request) {
		String type = request.getContentType();
		return type != null && type.toLowerCase(Locale.ROOT).contains("json");
	}

	/**
	 * {@code /images/a/b/json} and {@code /images/a%2Fb/json} are the same: all but the
	 * last slash belong to the name, or all of them where nothing follows the name.
	 */
	static String encodeImageName(String path, boolean nameOnly) {
		String prefix = path.startsWith("/images/") ? "/images/"
				: path.startsWith("/distribution/") ? "/distribution/" : null;
		if (prefix == null) {
			return path;
		}
		int end = nameOnly ? path.length() : path.lastIndexOf('/');
		if (end < prefix.length()) {
			return path;
		}
		return prefix + path.substring(prefix.length(), end).replace("/", "%2F") + path.substring(end);
	}

	/** The request as the controllers see it. */
	private static final class NormalizedRequest extends HttpServletRequestWrapper {

		private final String path;

		private final boolean json;

		NormalizedRequest(HttpServletRequest request, String path, boolean json) {
			super(request);
			this.path = path;
			this.json = json;
		}

		@Override
		public String getRequestURI() {
			return this.path;
		}

		@Override
		public String getServletPath() {
			return this.path;
		}

		@Override
		public ServletInputStream getInputStream() throws IOException {
			return this.json ? new BoundedBody(super.getInputStream()) : super.getInputStream();
		}

	}

}
