package dev.caisson.engine.image.trust;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageReference;

/**
 * What an image has to have. It is asked when an image is pulled, and again when a
 * container is made of it: the image may be older than the policy.
 *
 * @param registries {@code host[:port]} or {@code host[:port]/path}, where images may
 * come from; empty for anywhere
 * @param digests whether images are to be pulled by digest
 * @param keys of which one has to have signed the image; empty if none need
 */
public record ImagePolicy(List<String> registries, boolean digests, List<TrustedKey> keys) {

	/** Lets everything in. */
	public static final ImagePolicy NONE = new ImagePolicy(List.of(), false, List.of());

	public ImagePolicy {
		registries = List.copyOf(registries);
		keys = List.copyOf(keys);
	}

	/**
	 * Asks before anything is fetched.
	 * @throws ImageRefusedException if nothing of that name may be
	 */
	public void admit(ImageReference wanted) {
		if (!isAllowed(wanted)) {
			throw new ImageRefusedException("image policy: " + wanted.familiar()
					+ " is from none of the allowed registries: " + String.join(", ", this.registries));
		}
		if (this.digests && wanted.digest() == null) {
			throw new ImageRefusedException("image policy: " + wanted.familiar() + " has to be named by its digest: "
					+ wanted.familiarName() + "@sha256:...");
		}
	}

	public boolean requiresSignature() {
		return !this.keys.isEmpty();
	}

	/**
	 * Asks about a manifest that was fetched.
	 * @return the signature that lets it in
	 * @throws ImageRefusedException if there is none
	 */
	public ImageSignature admit(ImageReference wanted, Set<Digest> manifests, List<ImageSignature> signatures) {
		return signatures.stream()
			.filter((signature) -> signature.signer(this.keys, manifests).isPresent())
			.findFirst()
			.orElseThrow(() -> new ImageRefusedException("image policy: " + wanted.familiar() + " has "
					+ (signatures.isEmpty() ? "no signature" : "no signature by a trusted key")));
	}

	/**
	 * Asks about an image that is here.
	 * @param signature that was kept with it, or null
	 */
	public Verdict verdict(Image image, @Nullable ImageSignature signature) {
		List<ImageReference> origins = image.digests().stream().filter(this::isAllowed).toList();
		if (!this.registries.isEmpty() && origins.isEmpty()) {
			return new Verdict(false, "it was pulled from none of the allowed registries");
		}
		if (this.digests && origins.isEmpty()) {
			return new Verdict(false, "it was not pulled by its digest");
		}
		if (!requiresSignature()) {
			return new Verdict(true, this.registries.isEmpty() ? "no signature is required"
					: "pulled from " + origins.getFirst().name());
		}
		return signed(origins, signature);
	}

	private Verdict signed(List<ImageReference> origins, @Nullable ImageSignature signature) {
		Set<Digest> manifests = new HashSet<>();
		for (ImageReference origin : origins) {
			if (origin.digest() != null) {
				manifests.add(origin.digest());
			}
		}
		Optional<TrustedKey> signer = (signature != null) ? signature.signer(this.keys, manifests) : Optional.empty();
		return signer.map((key) -> new Verdict(true, "signed by key " + key.id()))
			.orElseGet(() -> new Verdict(false, "it has no signature by a trusted key"));
	}

	private boolean isAllowed(ImageReference image) {
		return this.registries.isEmpty() || this.registries.stream()
			.anyMatch((rule) -> image.domain().equals(rule) || image.name().equals(rule)
					|| image.name().startsWith(rule + "/"));
	}

	/**
	 * What the policy says about an image.
	 *
	 * @param admitted whether containers may be made of it
	 * @param reason why, or why not
	 */
	public record Verdict(boolean admitted, String reason) {

	}

}
