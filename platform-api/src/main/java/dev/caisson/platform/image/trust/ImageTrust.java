package dev.caisson.platform.image.trust;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.trust.ImagePolicy;
import dev.caisson.engine.image.trust.ImagePolicy.Verdict;
import dev.caisson.engine.image.trust.ImageRefusedException;
import dev.caisson.engine.image.trust.ImageSignature;

import org.springframework.stereotype.Component;

/** Whether containers may be made of an image: what the policy and the disk say. */
@Component
public final class ImageTrust {

	/** A look at ten thousand files takes longer than making a container. */
	private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(10);

	private final Map<Digest, Long> whole = new ConcurrentHashMap<>();

	private final ImageStore images;

	private final ImagePolicy policy;

	ImageTrust(ImageStore images, ImagePolicy policy) {
		this.images = images;
		this.policy = policy;
	}

	/** What the policy says, by the keys of today. */
	public Verdict verdict(Image image) {
		return this.policy.verdict(image, this.images.proof(image.id()).flatMap(ImageSignature::parse).orElse(null));
	}

	/**
	 * Lets an image pass.
	 * @throws ImageRefusedException if it may not be used, or was changed on disk
	 */
	public void admit(Image image) {
		Verdict verdict = verdict(image);
		if (!verdict.admitted()) {
			throw new ImageRefusedException(
					"image policy: image " + image.id().shortForm() + " is refused: " + verdict.reason());
		}
		List<Digest> damaged = wasWholeJustNow(image) ? List.of() : damagedLayers(image);
		if (!damaged.isEmpty()) {
			throw new ImageRefusedException("image " + image.id().shortForm() + " was changed on disk: layer "
					+ damaged.getFirst() + " is not what its digest says; remove the image and pull or load it again");
		}
	}

	/** The layers that are not what their digests say, by a look at each file. */
	public List<Digest> damagedLayers(Image image) {
		List<Digest> damaged = this.images.damagedLayers(image.id());
		if (damaged.isEmpty()) {
			this.whole.put(image.id(), System.nanoTime());
		}
		else {
			this.whole.remove(image.id());
		}
		return damaged;
	}

	private boolean wasWholeJustNow(Image image) {
		Long seen = this.whole.get(image.id());
		return seen != null && System.nanoTime() - seen < LOOK_AGAIN;
	}

}
