package dev.caisson.engine.spec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A network's id: 64 lower-case hex digits, of which the first 12 are shown.
 *
 * @param value the digits
 */
public record NetworkId(String value) {

	private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

	public NetworkId {
		if (!FORM.matcher(value).matches()) {
			throw new InvalidSpecException("Id", "invalid network id: " + value);
		}
	}

	public static NetworkId random() {
		return new NetworkId(ContainerId.random().value());
	}

	/** The id of a network that is always there, such as {@code bridge}. */
	public static NetworkId ofPredefined(String name) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256")
				.digest(("network " + name).getBytes(StandardCharsets.UTF_8));
			return new NetworkId(HexFormat.of().formatHex(digest));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public String shortForm() {
		return this.value.substring(0, 12);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
