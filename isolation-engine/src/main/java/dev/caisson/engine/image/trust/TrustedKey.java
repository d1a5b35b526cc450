package dev.caisson.engine.image.trust;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.image.Digest;

/**
 * A public key whose owner's signatures count: ECDSA, RSA (both with SHA-256) or Ed25519,
 * as {@code cosign generate-key-pair} and openssl write it.
 *
 * @param id the digest of the key in its DER form
 * @param key the key
 */
public record TrustedKey(Digest id, PublicKey key) {

	private static final Pattern PEM = Pattern
		.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");

	/**
	 * Reads a key.
	 * @throws IllegalArgumentException if the text has none
	 */
	public static TrustedKey parse(String pem) {
		Matcher matcher = PEM.matcher(pem);
		if (!matcher.find()) {
			throw new IllegalArgumentException("no PEM block \"PUBLIC KEY\" in it");
		}
		byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
		for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
			try {
				PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
				return new TrustedKey(Digest.ofBytes(der), key);
			}
			catch (GeneralSecurityException ex) {
				// of another kind, perhaps
			}
		}
		throw new IllegalArgumentException("a public key that is neither ECDSA nor RSA nor Ed25519");
	}

	/** Whether the key's owner has signed this. */
	boolean hasSigned(byte[] message, byte[] signature) {
		try {
			Signature verifier = Signature.getInstance(switch (this.key.getAlgorithm()) {
				case "EC" -> "SHA256withECDSA";
				case "RSA" -> "SHA256withRSA";
				default -> "Ed25519";
			});
			verifier.initVerify(this.key);
			verifier.update(message);
			return verifier.verify(signature);
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

}
