package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.Manifest;
import dev.caisson.engine.image.registry.RegistryException.Kind;
import dev.caisson.engine.image.trust.ImageSignature;

/**
 * Fetches what a repository has of signatures of a manifest: cosign's, under the tag
 * {@code sha256-HEX.sig}, and sigstore bundles among the manifest's referrers (OCI
 * distribution specification, "Listing Referrers", with its fallback tag).
 */
final class Signatures {

	private static final int MOST = 16, MAX_BYTES = 1 << 20;

	private static final String ANNOTATION = "dev.cosignproject.cosign/signature",
			BUNDLE = "application/vnd.dev.sigstore.bundle";

	private static final String ACCEPTED = Manifest.OCI_IMAGE + ", " + Manifest.OCI_INDEX + ", "
			+ Manifest.DOCKER_IMAGE;

	private final Session session;

	private final ImageReference repository;

	private final String scope;

	private final List<ImageSignature> found = new ArrayList<>();

	Signatures(Session session, ImageReference repository, String scope) {
		this.session = session;
		this.repository = repository;
		this.scope = scope;
	}

	List<ImageSignature> of(Digest manifest) {
		String tag = manifest.algorithm() + "-" + manifest.hex();
		JsonNode cosign = manifest(tag + ".sig");
		if (cosign != null) {
			cosign.path("layers").forEach(this::addCosign);
		}
		JsonNode referrers = json(URI
			.create(this.session.endpoint().base() + "/v2/" + this.repository.path() + "/referrers/" + manifest));
		JsonNode index = (referrers != null) ? referrers : manifest(tag);
		if (index != null) {
			index.path("manifests").forEach(this::addBundle);
		}
		return List.copyOf(this.found);
	}

	private void addCosign(JsonNode layer) {
		String signature = layer.path("annotations").path(ANNOTATION).asString("");
		if (layer.path("mediaType").asString("").equals(ImageSignature.SIMPLE) && !signature.isEmpty()) {
			add(ImageSignature.SIMPLE, blob(layer), signature);
		}
	}

	private void addBundle(JsonNode descriptor) {
		JsonNode manifest = descriptor.path("artifactType").asString("").startsWith(BUNDLE)
				? manifest(descriptor.path("digest").asString("")) : null;
		byte[] bundle = (manifest != null) ? blob(manifest.path("layers").path(0)) : null;
		JsonNode envelope = (bundle != null && Answer.json(bundle) instanceof JsonNode json) ? json.path("dsseEnvelope")
				: null;
		if (envelope != null && envelope.path("payloadType").asString("").equals(ImageSignature.STATEMENT)) {
			byte[] payload = decode(envelope.path("payload").asString(""));
			add(ImageSignature.STATEMENT, payload, envelope.path("signatures").path(0).path("sig").asString(""));
		}
	}

	private void add(String type, byte @Nullable [] payload, String signature) {
		byte[] bytes = decode(signature);
		if (payload != null && bytes != null && this.found.size() < MOST) {
			this.found.add(new ImageSignature(type, payload, bytes));
		}
	}

	private static byte @Nullable [] decode(String base64) {
		try {
			return Base64.getDecoder().decode(base64);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private @Nullable JsonNode manifest(String tagOrDigest) {
		return tagOrDigest.isEmpty() ? null : json(this.session.endpoint().manifest(this.repository, tagOrDigest));
	}

	private @Nullable JsonNode json(URI uri) {
		byte[] bytes = bytes(uri);
		return (bytes != null) ? Answer.json(bytes) : null;
	}

	private byte @Nullable [] blob(JsonNode descriptor) {
		String digest = descriptor.path("digest").asString("");
		byte[] bytes = digest.startsWith("sha256:") ? bytes(this.session.endpoint().blob(this.repository, digest))
				: null;
		return (bytes != null && Digest.ofBytes(bytes).toString().equals(digest)) ? bytes : null;
	}

	/** What is not there is no signature; a registry that fails is no reason to go on. */
	private byte @Nullable [] bytes(URI uri) {
		try (Answer answer = this.session.send(Call.get(uri, this.scope).with("Accept", ACCEPTED))) {
			if (answer.status() == 404 || answer.status() == 400) {
				return null;
			}
			if (!answer.isSuccess()) {
				throw answer.failure("signature");
			}
			return answer.bytes(MAX_BYTES, "signature");
		}
		catch (IOException ex) {
			throw new RegistryException(Kind.UNAVAILABLE, "signature: " + ex.getMessage(), ex);
		}
	}

}
