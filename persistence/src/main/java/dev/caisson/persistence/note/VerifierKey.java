package dev.caisson.persistence.note;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The public half of a note's key, written {@code NAME+ID+BASE64}: the name, four bytes
 * of a hash in hex, and the algorithm's byte with the key. Immutable.
 */
public final class VerifierKey {

	/** The algorithm's byte for Ed25519. */
	static final byte ED25519 = 1;

	/** Bytes of an Ed25519 key, private or public. */
	static final int KEY_LENGTH = 32;

	/** Bytes of a key's id. */
	static final int ID_LENGTH = 4;

	/** RFC 8410: what stands before the 32 bytes in a SubjectPublicKeyInfo. */
	private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

	private final String name;

	private final byte[] key;

	VerifierKey(String name, byte[] key) {
		checkName(name);
		this.name = name;
		this.key = key.clone();
	}

	/**
	 * Reads {@code NAME+ID+BASE64}.
	 * @throws NoteFormatException if it is not such a key, or its id does not fit
	 */
	public static VerifierKey parse(String text) {
		String[] parts = text.strip().split("\\+", 3);
		if (parts.length != 3) {
			throw new NoteFormatException("a key is written NAME+ID+BASE64");
		}
		VerifierKey key = new VerifierKey(parts[0], keyBytes(parts[2]));
		if (!key.id().equals(parts[1])) {
			throw new NoteFormatException("the id " + parts[1] + " is not that of the key " + parts[0]);
		}
		return key;
	}

	static byte[] keyBytes(String base64) {
		byte[] bytes = decode(base64);
		if (bytes.length != 1 + KEY_LENGTH || bytes[0] != ED25519) {
			throw new NoteFormatException("the key is not an Ed25519 key");
		}
		return Arrays.copyOfRange(bytes, 1, bytes.length);
	}

	static byte[] decode(String base64) {
		try {
			return Base64.getDecoder().decode(base64);
		}
		catch (IllegalArgumentException ex) {
			throw new NoteFormatException("not base64: " + base64);
		}
	}

	private static void checkName(String name) {
		if (name.isEmpty() || name.chars().anyMatch((each) -> each == '+' || Character.isWhitespace(each))) {
			throw new NoteFormatException("a key's name is not empty and has neither spaces nor plus signs");
		}
	}

	static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			bytes.writeBytes(part);
		}
		return bytes.toByteArray();
	}

	public String name() {
		return this.name;
	}

	/** The first four bytes of SHA-256(name, newline, algorithm, key), in hex. */
	public String id() {
		return HexFormat.of().formatHex(idBytes());
	}

	byte[] idBytes() {
		try {
			byte[] head = (this.name + "\n").getBytes(StandardCharsets.UTF_8);
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(concat(head, new byte[] { ED25519 }, this.key));
			return Arrays.copyOf(hash, ID_LENGTH);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

	/** Whether a signature is this key's over the text. */
	boolean verifies(byte[] text, byte[] signature) {
		try {
			PublicKey key = KeyFactory.getInstance("Ed25519")
				.generatePublic(new X509EncodedKeySpec(concat(PREFIX, this.key)));
			Signature check = Signature.getInstance("Ed25519");
			check.initVerify(key);
			check.update(text);
			return check.verify(signature);
		}
		catch (GeneralSecurityException ex) {
			// bytes that are no point of the curve, or no signature
			return false;
		}
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof VerifierKey that && this.name.equals(that.name) && Arrays.equals(this.key, that.key);
	}

	@Override
	public int hashCode() {
		return 31 * this.name.hashCode() + Arrays.hashCode(this.key);
	}

	@Override
	public String toString() {
		return this.name + "+" + id() + "+"
				+ Base64.getEncoder().encodeToString(concat(new byte[] { ED25519 }, this.key));
	}

}
