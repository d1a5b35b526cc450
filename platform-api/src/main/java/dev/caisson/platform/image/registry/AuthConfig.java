package dev.caisson.platform.image.registry;

import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.registry.Credentials;
import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Credentials as clients send them, in the body of a login or as base64 in the header
 * {@code X-Registry-Auth}.
 *
 * @param username the name
 * @param password the password
 * @param serverAddress the registry: a domain, or a URL as old clients have it
 * @param identityToken a refresh token
 * @param registryToken a bearer token
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record AuthConfig(@Nullable String username, @Nullable String password,
		@JsonProperty("serveraddress") @Nullable String serverAddress,
		@JsonProperty("identitytoken") @Nullable String identityToken,
		@JsonProperty("registrytoken") @Nullable String registryToken) {

	private static final int MAX_HEADER = 16 * 1024;

	/** Credentials of a header; without one, nobody's. */
	static Credentials ofHeader(@Nullable String header, JsonMapper json) {
		if (header == null || header.isEmpty() || header.length() > MAX_HEADER) {
			return Credentials.NONE;
		}
		try {
			// clients use either alphabet
			byte[] bytes = Base64.getUrlDecoder().decode(header.replace('+', '-').replace('/', '_').strip());
			AuthConfig config = json.readValue(bytes, AuthConfig.class);
			return (config != null) ? config.credentials() : Credentials.NONE;
		}
		catch (IllegalArgumentException | JacksonException ex) {
			throw new BadParameterException("X-Registry-Auth: must be base64url-encoded JSON");
		}
	}

	/** Of a header with credentials for several registries, those for one. */
	static Credentials ofHeader(@Nullable String header, String domain, JsonMapper json) {
		if (header == null || header.isEmpty() || header.length() > MAX_HEADER) {
			return Credentials.NONE;
		}
		try {
			byte[] bytes = Base64.getUrlDecoder().decode(header.replace('+', '-').replace('/', '_').strip());
			Map<String, AuthConfig> all = json.readValue(bytes, new TypeReference<>() {
			});
			return all.entrySet()
				.stream()
				.filter((entry) -> domain(entry.getKey()).equals(domain))
				.findFirst()
				.map((entry) -> entry.getValue().credentials())
				.orElse(Credentials.NONE);
		}
		catch (IllegalArgumentException | JacksonException ex) {
			throw new BadParameterException("X-Registry-Config: must be base64url-encoded JSON");
		}
	}

	Credentials credentials() {
		return new Credentials(or(this.username), or(this.password), or(this.identityToken), or(this.registryToken));
	}

	/** The registry, in the form in which it stands in images' names. */
	String domain() {
		return domain(or(this.serverAddress));
	}

	private static String domain(String url) {
		String address = url.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
		if (address.isEmpty()) {
			return "docker.io";
		}
		return ImageReference.parse(address.toLowerCase(Locale.ROOT) + "/any").domain();
	}

	private static String or(@Nullable String text) {
		return Objects.requireNonNullElse(text, "");
	}

	/** Says whose they are and no secret. */
	@Override
	public String toString() {
		return credentials().toString();
	}

}
