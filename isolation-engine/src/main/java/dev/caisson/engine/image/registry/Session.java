package dev.caisson.engine.image.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import dev.caisson.engine.image.registry.RegistryException.Kind;

/**
 * Talks to one registry for one operation: proves who asks when the registry wants to
 * know, follows it to other servers without telling those, and asks again when it is
 * busy. Safe for use by many threads. Closing it ends what is under way.
 */
final class Session implements AutoCloseable {

	private static final int MAX_REDIRECTS = 5;

	private static final int MAX_ATTEMPTS = 4;

	private static final long FIRST_PAUSE = 250, LONGEST_PAUSE = 10_000;

	private static final Duration QUICK = Duration.ofSeconds(3);

	private static final String AGENT = "caisson";

	private final Endpoint endpoint;

	private final Duration patience;

	private final HttpClient client;

	private final Authorization authorization;

	Session(Endpoint endpoint, RegistrySettings settings, Credentials credentials) {
		this.endpoint = endpoint;
		this.patience = settings.patience();
		HttpClient.Builder builder = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(settings.patience())
			.proxy(settings.proxies().selector());
		if (endpoint.base().getScheme().equals("https") || endpoint.secure()) {
			builder.sslContext(new TrustStore(settings.certificates(), endpoint.host()).context(endpoint.secure()));
		}
		this.client = builder.build();
		this.authorization = new Authorization(this, endpoint.mirror() ? Credentials.NONE : credentials);
	}

	Endpoint endpoint() {
		return this.endpoint;
	}

	/**
	 * Finds out whether a place that need not speak TLS does: a server of plain HTTP may
	 * wait for more of what it takes for a request.
	 * @throws RegistryException if it does not
	 */
	void requireTls() {
		if (!this.endpoint.secure() && this.endpoint.base().getScheme().equals("https")) {
			exchange(Call.get(this.endpoint.ping(), ""), "", QUICK).close();
		}
	}

	/**
	 * Makes a call, and answers whatever the registry says in the end.
	 * @throws RegistryException if it cannot be reached
	 */
	Answer send(Call call) {
		Answer answer = sendWithPatience(call);
		if (answer.status() == 401 && this.endpoint.isOriginOf(call.uri()) && this.authorization.meet(answer, call)) {
			answer.close();
			answer = sendWithPatience(call);
		}
		return answer;
	}

	/** Asks again, after a pause, a registry that is busy or has too many visitors. */
	private Answer sendWithPatience(Call call) {
		long pause = FIRST_PAUSE;
		for (int attempt = 1;; attempt++) {
			Answer answer = sendAndFollow(call);
			boolean busy = switch (answer.status()) {
				case 429, 502, 503, 504 -> true;
				default -> false;
			};
			if (!busy || !call.isRepeatable() || attempt == MAX_ATTEMPTS) {
				return answer;
			}
			answer.close();
			sleep(Math.min(LONGEST_PAUSE, Math.max(pause, retryAfter(answer))));
			pause *= 2;
		}
	}

	/** By RFC 9110, section 10.2.3, in seconds; dates are rare and ignored. */
	private static long retryAfter(Answer answer) {
		String seconds = answer.header("Retry-After");
		return seconds.matches("[0-9]{1,4}") ? TimeUnit.SECONDS.toMillis(Long.parseLong(seconds)) : 0;
	}

	static void sleep(long millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RegistryException(Kind.UNAVAILABLE, "interrupted", ex);
		}
	}

	private Answer sendAndFollow(Call call) {
		Call next = call;
		for (int i = 0; i <= MAX_REDIRECTS; i++) {
			Answer answer = exchange(next, this.endpoint.isOriginOf(next.uri()) ? this.authorization.of(call) : "");
			if (!answer.isRedirect() || call.body() != null) {
				return answer;
			}
			answer.close();
			next = next.to(target(next.uri(), answer.header("Location")));
		}
		throw new RegistryException(Kind.MALFORMED,
				"registry " + this.endpoint.host() + ": more than " + MAX_REDIRECTS + " redirects");
	}

	/** Where a registry sends us; never from a secure place to one that is not. */
	URI target(URI from, String location) {
		try {
			URI to = from.resolve(location);
			boolean http = "https".equals(to.getScheme()) || "http".equals(to.getScheme());
			boolean safe = "https".equals(to.getScheme()) || !this.endpoint.secure();
			if (!location.isEmpty() && http && safe && to.getHost() != null && to.getUserInfo() == null) {
				return to;
			}
		}
		catch (IllegalArgumentException ex) {
			// told below
		}
		throw new RegistryException(Kind.MALFORMED, "registry " + this.endpoint.host() + ": refusing to go to \""
				+ Answer.printable(location) + "\", to which it leads");
	}

	/** One request, one answer. */
	Answer exchange(Call call, String authorization) {
		return exchange(call, authorization, this.patience);
	}

	private Answer exchange(Call call, String authorization, Duration longest) {
		try {
			AtomicLong moved = new AtomicLong(System.nanoTime());
			HttpRequest request = request(call, authorization, moved);
			return new Answer(
					await(this.client.sendAsync(request, (information) -> new PatientBody(longest)), moved, longest));
		}
		catch (IOException ex) {
			throw new RegistryException(Kind.UNAVAILABLE, "registry " + call.uri().getAuthority() + ": " + explain(ex),
					ex);
		}
	}

	private static String explain(IOException ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof java.nio.channels.UnresolvedAddressException) {
				return "no such host";
			}
			if (cause.getMessage() != null) {
				return cause.getMessage();
			}
			if (cause instanceof java.net.ConnectException && cause.getCause() == null) {
				return "connection refused";
			}
		}
		return ex.getClass().getSimpleName();
	}

	private static HttpRequest request(Call call, String authorization, AtomicLong moved) {
		Call.Body body = call.body();
		HttpRequest.Builder builder = HttpRequest.newBuilder(call.uri())
			.setHeader("User-Agent", AGENT)
			.method(call.method(), (body == null || body.size() == 0) ? BodyPublishers.noBody() : BodyPublishers
				.fromPublisher(BodyPublishers.ofInputStream(() -> watched(body, moved)), body.size()));
		call.headers().forEach(builder::setHeader);
		if (!authorization.isEmpty()) {
			builder.setHeader("Authorization", authorization);
		}
		return builder.build();
	}

	private static InputStream watched(Call.Body body, AtomicLong moved) {
		return new FilterInputStream(body.content().get()) {

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				moved.set(System.nanoTime());
				return super.read(bytes, offset, length);
			}

		};
	}

	/** Waits as long as something moves, and for the server's patience after that. */
	private HttpResponse<InputStream> await(CompletableFuture<HttpResponse<InputStream>> future, AtomicLong moved,
			Duration longest) throws IOException {
		try {
			while (true) {
				long left = longest.toNanos() - (System.nanoTime() - moved.get());
				try {
					return future.get(Math.max(left, 1), TimeUnit.NANOSECONDS);
				}
				catch (TimeoutException ex) {
					if (System.nanoTime() - moved.get() > longest.toNanos()) {
						throw new HttpTimeoutException("no answer for " + longest.toSeconds() + " s");
					}
				}
			}
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof IOException cause) ? cause : new IOException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted", ex);
		}
		finally {
			future.cancel(true);
		}
	}

	@Override
	public void close() {
		this.client.shutdownNow();
	}

}
