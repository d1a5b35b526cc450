package dev.caisson.platform.build;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageConfig;
import dev.caisson.engine.image.ImageDraft;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageReference;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.engine.image.InvalidReferenceException;
import dev.caisson.engine.image.LayerSource;
import dev.caisson.engine.image.Platform;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.platform.build.source.ImageTree;
import dev.caisson.platform.image.registry.ImagePulls;
import org.jspecify.annotations.Nullable;

/**
 * The images that one build uses and makes; all of them stay at least until it is over.
 * For one thread.
 */
final class BuildImages implements AutoCloseable {

	private final ImageStore store;

	private final ImagePulls pulls;

	private final StepCache cache;

	private final BuildParameters parameters;

	/** As if the build were a container. */
	private final String holder;

	private final List<String> claims = new ArrayList<>();

	BuildImages(ImageStore store, ImagePulls pulls, StepCache cache, BuildParameters parameters, String holder) {
		this.store = store;
		this.pulls = pulls;
		this.cache = cache;
		this.parameters = parameters;
		this.holder = holder;
	}

	/**
	 * The image of a name, fetched if it is not there.
	 * @throws BuildException in Docker's words if it cannot be had
	 */
	Image find(String name, String platform, BuildOutput output) {
		try {
			Optional<Image> here = this.parameters.pull() ? Optional.empty() : here(name);
			return hold(checked(
					here.orElseGet(
							() -> this.pulls.pull(name, platform, this.parameters.credentials(), output.progress())),
					name, platform));
		}
		catch (ImageNotFoundException ex) {
			throw new BuildException(ex.getMessage());
		}
		catch (InvalidReferenceException ex) {
			throw new BuildException("failed to parse stage name \"" + TarEntry.show(name)
					+ "\": invalid reference format: " + ex.getMessage());
		}
	}

	private static Image checked(Image image, String name, String platform) {
		Platform own = new Platform(image.os(), image.architecture(), image.variant());
		if (!platform.isEmpty() && !own.runsOn(wanted(platform))) {
			throw new BuildException("image with reference " + name + " was found but its platform (" + own
					+ ") does not match the specified platform (" + platform + ")");
		}
		return image;
	}

	private static Platform wanted(String platform) {
		try {
			return Platform.parse(platform);
		}
		catch (IllegalArgumentException ex) {
			throw new BuildException("failed to parse platform " + ex.getMessage());
		}
	}

	private Optional<Image> here(String name) {
		try {
			return Optional.of(this.store.find(name));
		}
		catch (ImageNotFoundException ex) {
			return Optional.empty();
		}
	}

	private Image hold(Image image) {
		String claim = this.holder + "-" + this.claims.size();
		this.store.claim(image.id(), claim, () -> true);
		this.claims.add(claim);
		return image;
	}

	/** What a step made before; nothing if every step shall be done again. */
	Optional<Image> cached(String key) {
		return this.parameters.noCache() ? Optional.empty() : this.cache.find(key).map(this::hold);
	}

	/**
	 * Makes the image of a step.
	 * @param key by which it will be found again
	 * @param changes or null if there are none
	 */
	Image commit(@Nullable Image parent, ImageConfig config, String createdBy, String author, String key,
			@Nullable LayerSource changes) throws IOException {
		Instant now = Clock.systemUTC().instant();
		ImageDraft draft = new ImageDraft((parent != null) ? parent.id() : null, config, now, createdBy, author, "");
		Image image = hold(this.store.commit(draft, changes, List.of()));
		this.cache.put(key, image.id());
		return image;
	}

	/** The files of an image, or of none; for the thread that asks. */
	ImageTree open(@Nullable Image image) {
		return ImageTree.open((image != null) ? this.store.layers(image.id()) : List.of());
	}

	void tag(Image image, List<ImageReference> names) {
		names.forEach((name) -> this.store.tag(image.id().toString(), name));
	}

	@Override
	public void close() {
		this.claims.forEach(this.store::release);
	}

}
