package dev.caisson.engine.image.trust;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.caisson.engine.image.Digest;

/**
 * A statement about manifests, and a signature of it: cosign's "simple signing" payload,
 * or an in-toto statement in a DSSE envelope as sigstore bundles have it. It proves
 * nothing before a key has verified it.
 *
 * @param type of the payload, {@link #SIMPLE} or {@link #STATEMENT}
 * @param payload what was stated
 * @param signature of the payload
 */
public record ImageSignature(String type, byte[] payload, byte[] signature) {

	public static final String SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json",
			STATEMENT = "application/vnd.in-toto+json";

	private static final JsonMapper JSON = new JsonMapper();

	private static final String COSIGN = "cosign container image signature";

	/**
	 * Who of these has signed a statement about one of the manifests.
	 */
	public Optional<TrustedKey> signer(List<TrustedKey> keys, Set<Digest> manifests) {
		return keys.stream()
			.filter((key) -> key.hasSigned(message(), this.signature))
			.filter((key) -> subjects().stream().anyMatch(manifests::contains))
			.findFirst();
	}

	/** What the signature is of: DSSE binds the type to the payload ("PAE"). */
	private byte[] message() {
		if (this.type.equals(SIMPLE)) {
			return this.payload;
		}
		byte[] head = ("DSSEv1 " + this.type.length() + " " + this.type + " " + this.payload.length + " ")
			.getBytes(StandardCharsets.UTF_8);
		byte[] message = new byte[head.length + this.payload.length];
		System.arraycopy(head, 0, message, 0, head.length);
		System.arraycopy(this.payload, 0, message, head.length, this.payload.length);
		return message;
	}

	private Set<Digest> subjects() {
		Set<Digest> subjects = new HashSet<>();
		try {
			JsonNode json = JSON.readTree(this.payload);
			if (this.type.equals(STATEMENT)) {
				json.path("subject")
					.forEach((subject) -> add("sha256:" + subject.at("/digest/sha256").asString(""), subjects));
			}
			else if (json.at("/critical/type").asString("").equals(COSIGN)) {
				add(json.at("/critical/image/docker-manifest-digest").asString(""), subjects);
			}
		}
		catch (JacksonException ex) {
			// signed, but about nothing
		}
		return subjects;
	}

	private static void add(String digest, Set<Digest> subjects) {
		try {
			subjects.add(Digest.parse(digest));
		}
		catch (IllegalArgumentException ex) {
			// about something else
		}
	}

	/** A form to be kept. */
	public byte[] toJson() {
		return JSON.writeValueAsBytes(JSON.createObjectNode()
			.put("type", this.type)
			.put("payload", Base64.getEncoder().encodeToString(this.payload))
			.put("signature", Base64.getEncoder().encodeToString(this.signature)));
	}

	/** Reads what {@link #toJson} wrote; anything else is nothing. */
	public static Optional<ImageSignature> parse(byte[] kept) {
		try {
			JsonNode json = JSON.readTree(kept);
			return Optional.of(new ImageSignature(json.path("type").asString(""), base64(json.path("payload")),
					base64(json.path("signature"))));
		}
		catch (JacksonException | IllegalArgumentException ex) {
			return Optional.empty();
		}
	}

	private static byte[] base64(JsonNode text) {
		return Base64.getDecoder().decode(text.asString(""));
	}

}
