package dev.caisson.engine.image;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Removes one image from a copy of the index by Docker's rules, which refuse as little as
 * they can: a name goes if others remain; the image goes with its last name, unless a
 * container uses it; {@code force} overrides all but a running container.
 */
final class ImageRemoval {

	private static final int SHORT = 12;

	private final ImageIndex index;

	private final ImageClaims claims;

	private final Function<Digest, ConfigDocument> configs;

	private final List<Removal> removals = new ArrayList<>();

	/**
	 * @param index a copy, which is of use only if nothing is thrown
	 */
	ImageRemoval(ImageIndex index, ImageClaims claims, Function<Digest, ConfigDocument> configs) {
		this.index = index;
		this.claims = claims;
		this.configs = configs;
	}

	/**
	 * Removes a name or an image.
	 * @return what went, in order
	 * @throws ImageConflictException if it is in use
	 */
	List<Removal> remove(String nameOrId, boolean force) {
		Digest id = new ImageLookup(this.index).find(nameOrId);
		if (ImageLookup.isIdOf(id, nameOrId)) {
			removeById(id, force);
		}
		else {
			removeByName(id, ImageReference.parse(nameOrId).withDefaultTag(), force);
		}
		return List.copyOf(this.removals);
	}

	private void removeByName(Digest id, ImageReference given, boolean force) {
		ImageReference name = (given.digest() != null)
				? new ImageReference(given.domain(), given.path(), null, given.digest()) : given;
		Optional<String> user = this.claims.user(id);
		if (!force && user.isPresent() && isSingle(this.index.namesOf(id))) {
			throw new ImageConflictException("conflict: unable to remove repository reference \"" + name.familiar()
					+ "\" (must force) - container " + shortId(user.get()) + " is using its referenced image "
					+ id.shortForm(), true);
		}
		untag(name);
		untagLoneDigests(id, name);
		if (!this.index.namesOf(id).isEmpty()) {
			return;
		}
		ImageConflictException conflict = conflict(id, force, false);
		if (conflict == null) {
			delete(id);
		}
		else if (this.claims.user(id).isEmpty() && !hasChildren(id)) {
			throw conflict;
		}
		// in use, but the name that was asked to go is gone: the image stays without one
	}

	private void removeById(Digest id, boolean force) {
		List<ImageReference> names = this.index.namesOf(id);
		ImageConflictException conflict = conflict(id, force, !isSingle(names));
		if (conflict != null) {
			throw conflict;
		}
		names.forEach(this::untag);
		delete(id);
	}

	/** Names with digests of a repository go with the last tag in it. */
	private void untagLoneDigests(Digest id, ImageReference name) {
		List<ImageReference> same = this.index.namesOf(id)
			.stream()
			.filter((other) -> other.name().equals(name.name()))
			.toList();
		if (name.digest() == null && same.stream().allMatch((other) -> other.digest() != null)) {
			same.forEach(this::untag);
		}
	}

	/** One name, or one tag and the digests of its repository. */
	private static boolean isSingle(List<ImageReference> names) {
		Set<String> repositories = new HashSet<>();
		names.forEach((name) -> repositories.add(name.name()));
		long tags = names.stream().filter((name) -> name.digest() == null).count();
		return names.size() <= 1 || (tags <= 1 && repositories.size() == 1);
	}

	private @Nullable ImageConflictException conflict(Digest id, boolean force, boolean manyNames) {
		if (hasChildren(id)) {
			return conflict(id, "cannot be forced", "image has dependent child images", false);
		}
		Optional<String> running = this.claims.user(id, true);
		if (running.isPresent()) {
			return conflict(id, "cannot be forced",
					"image is being used by running container " + shortId(running.get()), false);
		}
		if (force) {
			return null;
		}
		if (manyNames) {
			return conflict(id, "must be forced", "image is referenced in multiple repositories", true);
		}
		return this.claims.user(id, false)
			.map((user) -> conflict(id, "must be forced", "image is being used by stopped container " + shortId(user),
					true))
			.orElse(null);
	}

	private static ImageConflictException conflict(Digest id, String remedy, String why, boolean forceable) {
		return new ImageConflictException("conflict: unable to delete " + id.shortForm() + " (" + remedy + ") - " + why,
				forceable);
	}

	private static String shortId(String container) {
		return (container.length() > SHORT) ? container.substring(0, SHORT) : container;
	}

	private void untag(ImageReference name) {
		this.index.references.remove(name);
		this.removals.add(new Removal.Untagged(name));
	}

	/** Deletes the image; what a stopped container still needs of it stays unseen. */
	private void delete(Digest id) {
		this.removals.add(new Removal.Deleted(id));
		List<Digest> chain = this.configs.apply(id).chainIds();
		if (this.claims.any(id)) {
			this.index.images.computeIfPresent(id, (same, image) -> image.retire());
			return;
		}
		this.index.images.remove(id);
		Set<Digest> shared = new HashSet<>();
		this.index.images.keySet().forEach((other) -> shared.addAll(this.configs.apply(other).chainIds()));
		chain.reversed()
			.stream()
			.filter((layer) -> !shared.contains(layer))
			.map(Removal.Deleted::new)
			.forEach(this.removals::add);
		Digest parent = this.index.parents.get(id);
		if (parent != null && isLeftover(parent)) {
			delete(parent);
		}
	}

	/** A step of a build that nobody has named and nothing stands on any more. */
	private boolean isLeftover(Digest image) {
		return this.index.images.containsKey(image) && this.index.namesOf(image).isEmpty() && !hasChildren(image)
				&& !this.claims.any(image);
	}

	private boolean hasChildren(Digest image) {
		return this.index.images.entrySet()
			.stream()
			.anyMatch((other) -> image.equals(this.index.parents.get(other.getKey())) && !other.getValue().retired());
	}

	/** Takes retired images that no container needs any more out of the index. */
	static void dropRetired(ImageIndex index, ImageClaims claims) {
		index.images.entrySet().removeIf((image) -> image.getValue().retired() && !claims.any(image.getKey()));
	}

	/**
	 * Takes layers that no image has out of the index, but for those in use otherwise.
	 */
	static Set<Digest> dropLayers(ImageIndex index, Function<Digest, ConfigDocument> configs, Set<Digest> kept) {
		Set<Digest> wanted = new HashSet<>(kept);
		index.images.keySet().forEach((id) -> wanted.addAll(Objects.requireNonNull(configs.apply(id)).diffIds()));
		Set<Digest> dropped = new HashSet<>(index.layers.keySet());
		dropped.removeAll(wanted);
		index.layers.keySet().removeAll(dropped);
		return dropped;
	}

}
