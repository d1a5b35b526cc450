package dev.caisson.engine.image;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Finds the image that somebody means: by name, tag, digest, or by an id or the beginning
 * of one; in Docker's order, in which a name wins over an abbreviated id.
 */
final class ImageLookup {

	private static final Pattern ID = Pattern.compile("(?:sha256:)?([0-9a-f]{1,64})");

	private static final int WHOLE = 64;

	private final ImageIndex index;

	ImageLookup(ImageIndex index) {
		this.index = index;
	}

	/**
	 * The id of the image.
	 * @throws ImageNotFoundException if there is none
	 * @throws AmbiguousImageException if an abbreviated id fits several
	 * @throws InvalidReferenceException if it could not be a name
	 */
	Digest find(String nameOrId) {
		String hex = hex(nameOrId);
		if (hex != null && hex.length() == WHOLE) {
			Digest id = Digest.sha256(hex);
			if (!isThere(id)) {
				throw new ImageNotFoundException(id.toString());
			}
			return id;
		}
		ImageReference name = parse(nameOrId, hex != null);
		Digest named = (name != null) ? this.index.references.get(name) : null;
		if (named != null) {
			return named;
		}
		Digest abbreviated = (hex != null) ? abbreviated(hex) : null;
		if (abbreviated != null) {
			return abbreviated;
		}
		throw new ImageNotFoundException((name != null) ? name.familiar() : nameOrId);
	}

	/**
	 * The digits of an id or of the beginning of one, or null if it can only be a name.
	 */
	private static @Nullable String hex(String text) {
		var matcher = ID.matcher(text);
		return matcher.matches() ? matcher.group(1) : null;
	}

	/** A name, without the tag if there is a digest, which says more. */
	private static @Nullable ImageReference parse(String text, boolean mayBeId) {
		try {
			ImageReference name = ImageReference.parse(text).withDefaultTag();
			return (name.digest() != null) ? new ImageReference(name.domain(), name.path(), null, name.digest()) : name;
		}
		catch (InvalidReferenceException ex) {
			if (mayBeId) {
				return null;
			}
			throw ex;
		}
	}

	private @Nullable Digest abbreviated(String hex) {
		List<Digest> fitting = this.index.images.keySet()
			.stream()
			.filter((id) -> id.hex().startsWith(hex) && isThere(id))
			.toList();
		if (fitting.size() > 1) {
			throw new AmbiguousImageException(hex);
		}
		return fitting.isEmpty() ? null : fitting.getFirst();
	}

	private boolean isThere(Digest id) {
		ImageIndex.StoredImage image = this.index.images.get(id);
		return image != null && !image.retired();
	}

	/**
	 * Whether what was given is the beginning of this image's id, and so not its name.
	 */
	static boolean isIdOf(Digest id, String given) {
		return id.toString().startsWith(given) || id.hex().startsWith(given);
	}

}
