package dev.caisson.engine.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A content address in the form of the OCI image specification,
 * {@code algorithm:lower-case hex}. The algorithms are the registered ones; the store
 * itself keeps sha256 only.
 *
 * @param algorithm {@code sha256}, {@code sha384} or {@code sha512}
 * @param hex the digits, as many as the algorithm makes
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {

	static final String SHA256 = "sha256";

	private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

	private static final int SHORT_LENGTH = 12;

	public Digest {
		int length = switch (algorithm) {
			case SHA256 -> 64;
			case "sha384" -> 96;
			case "sha512" -> 128;
			default -> throw new IllegalArgumentException("unsupported digest algorithm: " + algorithm);
		};
		if (hex.length() != length || !HEX.matcher(hex).matches()) {
			throw new IllegalArgumentException("invalid " + algorithm + " digest: " + hex);
		}
	}

	/**
	 * Parses {@code algorithm:hex}.
	 * @throws IllegalArgumentException if the text is anything else
	 */
	public static Digest parse(String text) {
		int colon = text.indexOf(':');
		if (colon < 0) {
			throw new IllegalArgumentException("invalid digest, no algorithm in it: " + text);
		}
		return new Digest(text.substring(0, colon), text.substring(colon + 1));
	}

	/** The digest with these 64 hex digits. */
	static Digest sha256(String hex) {
		return new Digest(SHA256, hex);
	}

	/** The digest of these bytes. */
	public static Digest ofBytes(byte[] bytes) {
		return of(sha256().digest(bytes));
	}

	static Digest of(byte[] sha256) {
		return new Digest(SHA256, HexFormat.of().formatHex(sha256));
	}

	static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-256", ex);
		}
	}

	/** The first 12 digits, which is what people see. */
	public String shortForm() {
		return this.hex.substring(0, SHORT_LENGTH);
	}

	@Override
	public int compareTo(Digest other) {
		return toString().compareTo(other.toString());
	}

	@Override
	public String toString() {
		return this.algorithm + ":" + this.hex;
	}

}
