package dev.caisson.engine.image.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Who somebody is to a registry; each part may be empty. They serve for one operation and
 * are kept nowhere.
 *
 * @param username the name
 * @param password the password, or a personal access token
 * @param identityToken an OAuth2 refresh token, instead of the two
 * @param registryToken a bearer token, sent as it is
 */
public record Credentials(String username, String password, String identityToken, String registryToken) {

	public static final Credentials NONE = new Credentials("", "", "", "");

	boolean hasPassword() {
		return !this.username.isEmpty() && !this.password.isEmpty();
	}

	/** By RFC 7617, section 2. */
	String basic() {
		byte[] pair = (this.username + ":" + this.password).getBytes(StandardCharsets.UTF_8);
		return "Basic " + Base64.getEncoder().encodeToString(pair);
	}

	/** Says whose they are and no secret. */
	@Override
	public String toString() {
		return "credentials of " + (this.username.isEmpty() ? "nobody" : this.username);
	}

}
