package dev.caisson.engine.image.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.trust.ImagePolicy;
import dev.caisson.engine.image.trust.ImageRefusedException;
import dev.caisson.engine.image.trust.ImageSignature;
import dev.caisson.engine.image.trust.TrustedKey;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Who has signed what, in the forms in which cosign puts it into registries. */
@KernelTest
@Timeout(60)
class TrustTests {

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private ImageStore store;

	private StrangeRegistry registry;

	private KeyPair alice;

	private KeyPair mallory;

	@BeforeEach
	void open() throws IOException, GeneralSecurityException {
		this.store = ImageStore.open(this.roots.data());
		this.registry = new StrangeRegistry(1000);
		KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
		keys.initialize(256);
		this.alice = keys.generateKeyPair();
		this.mallory = keys.generateKeyPair();
	}

	@AfterEach
	void close() {
		this.registry.close();
		this.store.close();
	}

	private static TrustedKey key(KeyPair pair) {
		return TrustedKey.parse(
				"-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
						+ "\n-----END PUBLIC KEY-----\n");
	}

	private ImagePolicy signedBy(KeyPair pair) {
		return new ImagePolicy(List.of(), false, List.of(key(pair)));
	}

	private Image pull(String name, ImagePolicy policy) {
		RegistrySettings settings = new RegistrySettings(List.of(), List.of(), this.roots.run().resolve("none"),
				Proxies.NONE, Duration.ofSeconds(20));
		Endpoint endpoint = new Endpoint(URI.create("http://" + this.registry.domain()), false, false);
		try (Session session = new Session(endpoint, settings, Credentials.NONE)) {
			ImageReference reference = ImageReference.parse(this.registry.domain() + "/" + name);
			return new Pull(session, this.store, reference, null, policy, (event) -> {
			}).run();
		}
	}

	private Digest manifest() {
		return Digest.ofBytes(this.registry.manifest.getBytes(StandardCharsets.UTF_8));
	}

	private static byte[] sign(KeyPair pair, byte[] message) throws GeneralSecurityException {
		Signature signature = Signature.getInstance("SHA256withECDSA");
		signature.initSign(pair.getPrivate());
		signature.update(message);
		return signature.sign();
	}

	private Digest serveBlob(String content) {
		Digest digest = Digest.ofBytes(content.getBytes(StandardCharsets.UTF_8));
		this.registry.serve("/v2/x/blobs/" + digest, StrangeRegistry.bytes(content.getBytes(StandardCharsets.UTF_8)));
		return digest;
	}

	/** As {@code cosign sign --key} does. */
	private void signSimply(KeyPair pair, Digest subject) throws GeneralSecurityException {
		String payload = """
				{"critical":{"identity":{"docker-reference":"x"},"image":{"docker-manifest-digest":"%s"},\
				"type":"cosign container image signature"},"optional":null}""".formatted(subject);
		String signature = Base64.getEncoder().encodeToString(sign(pair, payload.getBytes(StandardCharsets.UTF_8)));
		String manifest = """
				{"schemaVersion":2,"config":{},"layers":[{"mediaType":"%s","size":%d,"digest":"%s",\
				"annotations":{"dev.cosignproject.cosign/signature":"%s"}}]}""".formatted(ImageSignature.SIMPLE,
				payload.length(), serveBlob(payload), signature);
		this.registry.serve("/v2/x/manifests/sha256-" + manifest().hex() + ".sig",
				StrangeRegistry.bytes(manifest.getBytes(StandardCharsets.UTF_8)));
	}

	/** As a sigstore bundle among the referrers, by the fallback tag. */
	private void signByBundle(KeyPair pair, Digest subject) throws GeneralSecurityException {
		String statement = "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"digest\":{\"sha256\":\""
				+ subject.hex() + "\"}}]}";
		String envelope = "DSSEv1 " + ImageSignature.STATEMENT.length() + " " + ImageSignature.STATEMENT + " "
				+ statement.length() + " " + statement;
		String bundle = "{\"dsseEnvelope\":{\"payloadType\":\"" + ImageSignature.STATEMENT + "\",\"payload\":\""
				+ Base64.getEncoder().encodeToString(statement.getBytes(StandardCharsets.UTF_8))
				+ "\",\"signatures\":[{\"sig\":\""
				+ Base64.getEncoder().encodeToString(sign(pair, envelope.getBytes(StandardCharsets.UTF_8))) + "\"}]}}";
		byte[] manifest = ("{\"schemaVersion\":2,\"config\":{},\"layers\":[{\"digest\":\"" + serveBlob(bundle)
				+ "\"}]}")
			.getBytes(StandardCharsets.UTF_8);
		this.registry.serve("/v2/x/manifests/" + Digest.ofBytes(manifest), StrangeRegistry.bytes(manifest));
		this.registry.serve("/v2/x/manifests/sha256-" + manifest().hex(),
				StrangeRegistry.bytes(("{\"manifests\":[{\"artifactType\":"
						+ "\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"digest\":\"" + Digest.ofBytes(manifest)
						+ "\"}]}")
					.getBytes(StandardCharsets.UTF_8)));
	}

	private void isAdmitted() {
		Image image = pull("x:1", signedBy(this.alice));
		ImageSignature kept = ImageSignature.parse(this.store.proof(image.id()).orElseThrow()).orElseThrow();
		assertThat(signedBy(this.alice).verdict(image, kept).reason())
			.isEqualTo("signed by key " + key(this.alice).id());
		assertThat(signedBy(this.mallory).verdict(image, kept).admitted()).isFalse();
		assertThat(signedBy(this.alice).verdict(image, null).admitted()).isFalse();
	}

	private void isRefused(String reason) {
		assertThatExceptionOfType(ImageRefusedException.class).isThrownBy(() -> pull("x:1", signedBy(this.alice)))
			.withMessageContaining(reason);
		assertThat(this.store.list()).noneMatch((image) -> image.tags().toString().contains("/x:1"));
		assertThat(this.registry.asked).noneMatch((path) -> path.startsWith(this.registry.layerPath));
	}

	@Test
	void imageSignedByCosignIsAdmittedAndItsProofIsKept() throws GeneralSecurityException {
		signSimply(this.alice, manifest());
		isAdmitted();
	}

	@Test
	void imageSignedByABundleIsAdmitted() throws GeneralSecurityException {
		signByBundle(this.alice, manifest());
		isAdmitted();
	}

	@Test
	void imageThatNobodySignedIsRefused() {
		isRefused("has no signature");
	}

	@Test
	void imageThatSomebodyElseSignedIsRefused() throws GeneralSecurityException {
		signSimply(this.mallory, manifest());
		signByBundle(this.mallory, manifest());
		isRefused("no signature by a trusted key");
	}

	@Test
	void signatureOfAnotherImageIsRefused() throws GeneralSecurityException {
		Digest other = Digest.ofBytes(new byte[1]);
		signSimply(this.alice, other);
		signByBundle(this.alice, other);
		isRefused("no signature by a trusted key");
	}

	@Test
	void onlyAllowedRegistriesAreAskedAndDigestsMayBeRequired() {
		ImagePolicy elsewhere = new ImagePolicy(List.of("registry.example"), false, List.of());
		assertThatExceptionOfType(ImageRefusedException.class).isThrownBy(() -> pull("x:1", elsewhere))
			.withMessageContaining("registry.example");
		ImagePolicy digests = new ImagePolicy(List.of(this.registry.domain() + "/x"), true, List.of());
		assertThatExceptionOfType(ImageRefusedException.class).isThrownBy(() -> pull("x:1", digests))
			.withMessageContaining("@sha256:");
		assertThat(this.registry.asked).isEmpty();
		this.registry.serve("/v2/x/manifests/" + manifest(),
				StrangeRegistry.bytes(this.registry.manifest.getBytes(StandardCharsets.UTF_8)));
		Image image = pull("x@" + manifest(), digests);
		assertThat(digests.verdict(image, null).admitted()).isTrue();
		assertThat(elsewhere.verdict(image, null).admitted()).isFalse();
	}

}
