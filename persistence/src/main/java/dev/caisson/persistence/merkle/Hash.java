package dev.caisson.persistence.merkle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A SHA-256 hash in the tree of RFC 6962, section 2.1. The first byte hashed tells leaves
 * (0) from inner nodes (1), so that neither can stand for the other. Immutable.
 */
public final class Hash {

	/** Bytes. */
	public static final int LENGTH = 32;

	/** The root of a tree without leaves: the hash of nothing. */
	public static final Hash EMPTY = new Hash(sha256().digest());

	private final byte[] bytes;

	private Hash(byte[] bytes) {
		this.bytes = bytes;
	}

	/**
	 * Takes bytes as they are.
	 * @throws IllegalArgumentException if they are not 32
	 */
	public static Hash of(byte[] bytes) {
		if (bytes.length != LENGTH) {
			throw new IllegalArgumentException("a hash has " + LENGTH + " bytes, not " + bytes.length);
		}
		return new Hash(bytes.clone());
	}

	/**
	 * The inverse of {@link #hex}.
	 * @throws IllegalArgumentException if it is not 64 hex digits
	 */
	public static Hash parse(String hex) {
		return of(HexFormat.of().parseHex(hex));
	}

	/** The hash of a leaf: SHA-256(0x00, data). */
	public static Hash leaf(byte[] data) {
		MessageDigest digest = sha256();
		digest.update((byte) 0);
		return new Hash(digest.digest(data));
	}

	/** The hash of an inner node: SHA-256(0x01, left, right). */
	public static Hash node(Hash left, Hash right) {
		MessageDigest digest = sha256();
		digest.update((byte) 1);
		digest.update(left.bytes);
		return new Hash(digest.digest(right.bytes));
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

	public byte[] bytes() {
		return this.bytes.clone();
	}

	public String hex() {
		return HexFormat.of().formatHex(this.bytes);
	}

	public String base64() {
		return Base64.getEncoder().encodeToString(this.bytes);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Hash hash && Arrays.equals(this.bytes, hash.bytes);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bytes);
	}

	@Override
	public String toString() {
		return hex();
	}

}
