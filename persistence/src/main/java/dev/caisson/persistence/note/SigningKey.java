package dev.caisson.persistence.note;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A key that signs notes, written as two lines: {@code PRIVATE+KEY+NAME+ID+BASE64} and
 * its {@link VerifierKey}. Immutable.
 */
public final class SigningKey {

	private static final String PRIVATE = "PRIVATE+KEY+";

	/** RFC 8410: what stands before the 32 bytes in a PrivateKeyInfo. */
	private static final byte[] PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

	private final VerifierKey verifier;

	private final byte[] seed;

	private SigningKey(VerifierKey verifier, byte[] seed) {
		this.verifier = verifier;
		this.seed = seed;
	}

	/** Makes a new key of that name, which is the origin of the log it signs. */
	public static SigningKey generate(String name) {
		try {
			KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
			return new SigningKey(new VerifierKey(name, tail(pair.getPublic().getEncoded())),
					tail(pair.getPrivate().getEncoded()));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("every JDK since 15 has Ed25519", ex);
		}
	}

	private static byte[] tail(byte[] encoded) {
		return Arrays.copyOfRange(encoded, encoded.length - VerifierKey.KEY_LENGTH, encoded.length);
	}

	/**
	 * The inverse of {@link #encoded}.
	 * @throws NoteFormatException if it is not such a key
	 */
	public static SigningKey parse(String text) {
		String[] lines = text.strip().split("\\s+");
		if (lines.length != 2 || !lines[0].startsWith(PRIVATE)) {
			throw new NoteFormatException(
					"a signing key is two lines: " + PRIVATE + "NAME+ID+BASE64, and its public key");
		}
		VerifierKey verifier = VerifierKey.parse(lines[1]);
		String[] parts = lines[0].substring(PRIVATE.length()).split("\\+", 3);
		if (parts.length != 3 || !parts[0].equals(verifier.name()) || !parts[1].equals(verifier.id())) {
			throw new NoteFormatException("the private key does not belong to the public key " + verifier);
		}
		return new SigningKey(verifier, VerifierKey.keyBytes(parts[2]));
	}

	public VerifierKey verifier() {
		return this.verifier;
	}

	byte[] sign(byte[] text) {
		try {
			PrivateKey key = KeyFactory.getInstance("Ed25519")
				.generatePrivate(new PKCS8EncodedKeySpec(VerifierKey.concat(PREFIX, this.seed)));
			Signature signature = Signature.getInstance("Ed25519");
			signature.initSign(key);
			signature.update(text);
			return signature.sign();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("sign with the key " + this.verifier.name(), ex);
		}
	}

	/** Both lines; whoever has the first can sign. */
	public String encoded() {
		byte[] bytes = VerifierKey.concat(new byte[] { VerifierKey.ED25519 }, this.seed);
		return PRIVATE + this.verifier.name() + "+" + this.verifier.id() + "+"
				+ Base64.getEncoder().encodeToString(bytes) + "\n" + this.verifier + "\n";
	}

	/** Without the secret. */
	@Override
	public String toString() {
		return this.verifier.toString();
	}

}
