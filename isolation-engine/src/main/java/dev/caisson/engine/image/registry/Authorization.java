package dev.caisson.engine.image.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import tools.jackson.databind.JsonNode;

import dev.caisson.engine.image.registry.RegistryException.Kind;

/**
 * Proves to one registry who asks: by Basic authentication (RFC 7617), or by a token that
 * the server it names gives for the purpose (distribution project, "Token Authentication
 * Specification" and "OAuth2 Token Authentication"). Tokens live as long as the session.
 * Safe for use by many threads.
 */
final class Authorization {

	private static final int MAX_TOKEN = 64 * 1024;

	private final Session session;

	private final Credentials credentials;

	/** What to send, by what it is for. */
	private final Map<String, String> granted = new ConcurrentHashMap<>();

	Authorization(Session session, Credentials credentials) {
		this.session = session;
		this.credentials = credentials;
	}

	/** What proves that this call may be made, or empty. */
	String of(Call call) {
		if (!this.credentials.registryToken().isEmpty()) {
			return "Bearer " + this.credentials.registryToken();
		}
		return this.granted.getOrDefault(call.scope(), "");
	}

	/**
	 * Does what a registry wants before it answers.
	 * @return whether the call has a better chance now
	 */
	boolean meet(Answer refusal, Call call) {
		if (!this.credentials.registryToken().isEmpty()) {
			return false;
		}
		List<Challenge> challenges = Challenge.parse(refusal.response().headers().allValues("WWW-Authenticate"));
		for (Challenge challenge : challenges) {
			switch (challenge.scheme()) {
				case "bearer" -> {
					this.granted.put(call.scope(), "Bearer " + token(challenge, call.scope()));
					return true;
				}
				case "basic" -> {
					return this.credentials.hasPassword() && !this.credentials.basic()
						.equals(this.granted.put(call.scope(), this.credentials.basic()));
				}
				default -> {
				}
			}
		}
		return false;
	}

	private String token(Challenge challenge, String scope) {
		URI realm = this.session.target(this.session.endpoint().ping(), challenge.parameter("realm"));
		String wanted = scope.isEmpty() ? challenge.parameter("scope") : scope;
		boolean refresh = !this.credentials.identityToken().isEmpty();
		Call call = refresh ? exchange(realm, challenge, wanted) : request(realm, challenge, wanted);
		try (Answer answer = this.session.exchange(call,
				(!refresh && this.credentials.hasPassword()) ? this.credentials.basic() : "")) {
			if (!answer.isSuccess()) {
				throw refused(answer);
			}
			return token(answer);
		}
		catch (IOException ex) {
			throw new RegistryException(Kind.UNAVAILABLE,
					"token server " + realm.getAuthority() + ": " + ex.getMessage(), ex);
		}
	}

	private static RegistryException refused(Answer answer) {
		return (answer.status() == 401)
				? new RegistryException(Kind.UNAUTHORIZED, "unauthorized: incorrect username or password")
				: answer.failure("token server");
	}

	private static String token(Answer answer) throws IOException {
		JsonNode json = Answer.json(answer.bytes(MAX_TOKEN, "token"));
		for (String field : new String[] { "token", "access_token" }) {
			String token = (json != null) ? json.path(field).asString("") : "";
			if (token.matches("[\\x21-\\x7e]+")) {
				return token;
			}
		}
		throw new RegistryException(Kind.MALFORMED, "token server: no token in its answer");
	}

	/** Several purposes are several parameters. */
	private Call request(URI realm, Challenge challenge, String scope) {
		String query = "service=" + encode(challenge.parameter("service"))
				+ Arrays.stream(scope.split(" "))
					.filter((each) -> !each.isEmpty())
					.map((each) -> "&scope=" + encode(each))
					.collect(Collectors.joining());
		String account = this.credentials.hasPassword() ? "&account=" + encode(this.credentials.username()) : "";
		String separator = (realm.getRawQuery() == null) ? "?" : "&";
		return Call.get(URI.create(realm + separator + query + account), "");
	}

	private Call exchange(URI realm, Challenge challenge, String scope) {
		byte[] form = ("grant_type=refresh_token&client_id=caisson&service=" + encode(challenge.parameter("service"))
				+ "&scope=" + encode(scope) + "&refresh_token=" + encode(this.credentials.identityToken()))
			.getBytes(StandardCharsets.UTF_8);
		return new Call("POST", realm, Map.of("Content-Type", "application/x-www-form-urlencoded"),
				new Call.Body(form.length, () -> new ByteArrayInputStream(form)), "");
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

}
