package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.caisson.engine.image.ImageIndex.StoredImage;

/**
 * The images of this machine, under a data root: {@code content/} has configurations by
 * digest, {@code layers/} the unpacked layers, {@code images.json} says what there is. A
 * change that was acknowledged survives a crash; one that was not leaves nothing that the
 * next {@link #open} does not remove. Safe for use by many threads: questions are
 * answered from the index as it was last published, changes take turns, and archives are
 * unpacked outside of any turn. One store at a time may have a data root open.
 * <p>
 * Failures: {@link ImageNotFoundException}, {@link AmbiguousImageException},
 * {@link ImageConflictException}, {@link InvalidReferenceException},
 * {@link InvalidImageException}; {@link dev.caisson.engine.linux.LinuxException} and
 * {@link UncheckedIOException} where the host fails.
 */
public final class ImageStore implements AutoCloseable {

	private static final Logger LOGGER = LoggerFactory.getLogger(ImageStore.class);

	private final Path indexFile;

	private final ContentStore content;

	private final LayerStore layers;

	private final UnpackLimits limits;

	private final Platform host;

	private final Map<Digest, ConfigDocument> configs = new ConcurrentHashMap<>();

	private final ReentrantLock turn = new ReentrantLock();

	private volatile ImageIndex index;

	/** Guarded by the turn. */
	private final ImageClaims claims = new ImageClaims();

	/** How many loads under way count on a layer. Guarded by the turn. */
	private final Map<Digest, Integer> layersInUse = new HashMap<>();

	private ImageStore(Path dataRoot, UnpackLimits limits, Platform host) {
		this.indexFile = dataRoot.resolve("images.json");
		this.limits = limits;
		this.host = host;
		this.content = ContentStore.open(dataRoot.resolve("content"));
		this.layers = LayerStore.open(dataRoot.resolve("layers"));
		this.index = ImageIndex.read(this.indexFile);
	}

	/**
	 * Opens the store, removes what a crash left half done, and makes the built-in image
	 * if it was never made.
	 */
	public static ImageStore open(Path dataRoot) {
		ImageStore store = open(dataRoot, UnpackLimits.DEFAULT, Platform.host());
		new BuiltInImage(store.host).provide(store);
		return store;
	}

	static ImageStore open(Path dataRoot, UnpackLimits limits, Platform host) {
		ImageStore store = new ImageStore(dataRoot, limits, host);
		store.recover();
		return store;
	}

	/** Leaves out images that are not whole, and removes from disk what no image has. */
	private void recover() {
		ImageIndex whole = this.index.copy();
		whole.images.keySet().removeIf((id) -> !isWhole(id));
		whole.references.values().removeIf((id) -> !whole.images.containsKey(id));
		ImageRemoval.dropLayers(whole, this.configs::get, Set.of());
		this.index = whole;
		this.content.retainOnly(whole.images.keySet());
		this.layers.retainOnly(whole.layers.keySet());
	}

	private boolean isWhole(Digest id) {
		try {
			ConfigDocument config = ConfigDocument.parse(this.content.read(id));
			Optional<Digest> missing = config.diffIds()
				.stream()
				.filter((layer) -> !this.index.layers.containsKey(layer) || !this.layers.has(layer))
				.findFirst();
			missing.ifPresent((layer) -> LOGGER.warn("image {} is left out: its layer {} is missing", id, layer));
			this.configs.put(id, config);
			return missing.isEmpty();
		}
		catch (IOException | InvalidImageException ex) {
			LOGGER.warn("image {} is left out: {}", id, ex.getMessage());
			return false;
		}
	}

	/**
	 * Loads an archive, in docker-archive form or as an OCI image layout, plain or packed
	 * by gzip or zstd, reading it once.
	 * @param archive stays open
	 * @param progress is told what happens, on this thread
	 * @return the images that were loaded
	 * @throws IOException if reading the archive fails
	 * @throws InvalidImageException if it is not a whole and right archive; the store is
	 * as before
	 */
	public List<Image> load(InputStream archive, Consumer<LoadEvent> progress) throws IOException {
		try (LayerIntake intake = new LayerIntake(this.layers, new LayersInStore(), this.limits, progress)) {
			ArchiveContents contents = new ArchiveReader(intake, this.limits).read(new ArchiveStream(archive));
			List<ArchivedImage> images = ArchiveImages.find(contents, this.host);
			if (images.stream()
				.flatMap((image) -> image.layers().stream())
				.anyMatch(ArchivedLayer.Unpacked.class::isInstance)) {
				// a layer is on disk before the index says that it is there
				this.layers.sync();
			}
			List<LoadEvent> events = new ArrayList<>();
			keep(images, intake, events);
			events.forEach(progress);
			return images.stream().map((image) -> find(image.config().id().toString())).toList();
		}
		catch (MistakenLayerException ex) {
			forgetLabel(ex.mistaken());
			throw new InvalidImageException(String.valueOf(ex.getMessage()), ex);
		}
	}

	private void keep(List<ArchivedImage> images, LayerIntake intake, List<LoadEvent> events) throws IOException {
		this.turn.lock();
		Set<Digest> adopted = new HashSet<>();
		try {
			ImageIndex next = this.index.copy();
			for (ArchivedImage image : images) {
				Digest id = this.content.put(image.config().raw().bytes());
				this.configs.put(id, image.config());
				image.layers().forEach((layer) -> keep(layer, intake, next, adopted));
				next.images.put(id, new StoredImage(false));
				name(image, next, events);
			}
			publish(next);
			adopted.clear();
		}
		finally {
			// nothing, unless the index could not be written
			adopted.forEach((layer) -> this.layers.purge(this.layers.withdraw(layer)));
			this.turn.unlock();
		}
	}

	private static void keep(ArchivedLayer layer, LayerIntake intake, ImageIndex next, Set<Digest> adopted) {
		if (!(layer instanceof ArchivedLayer.Unpacked unpacked)) {
			return;
		}
		Digest diffId = unpacked.diffId();
		if (!next.layers.containsKey(diffId)) {
			intake.adopt(unpacked);
			adopted.add(diffId);
			next.layers.put(diffId, new ImageIndex.KnownLayer(unpacked.size(), List.of(), List.of()));
		}
		if (!unpacked.blob().equals(diffId)) {
			next.layers.computeIfPresent(diffId, (id, known) -> known.withBlob(unpacked.blob().hex()));
		}
		LayerName name = unpacked.name();
		if (name != null && !name.address() && !name.hex().equals(diffId.hex())) {
			next.layers.computeIfPresent(diffId, (id, known) -> known.withLabel(name.hex()));
		}
	}

	private static void name(ArchivedImage image, ImageIndex next, List<LoadEvent> events) {
		Digest id = image.config().id();
		for (ImageReference name : image.names()) {
			Digest previous = next.references.put(name, id);
			if (previous != null && !previous.equals(id)) {
				events.add(new LoadEvent.TagMoved(name, previous));
			}
			events.add(new LoadEvent.Loaded(name, id));
		}
		if (image.names().isEmpty()) {
			events.add(new LoadEvent.LoadedUnnamed(id));
		}
	}

	private void forgetLabel(ArchivedLayer.Known mistaken) throws IOException {
		change((next) -> next.layers.computeIfPresent(mistaken.diffId(),
				(id, layer) -> layer.withoutLabel(mistaken.name().hex())));
	}

	/** All images, the youngest first. */
	public List<Image> list() {
		ImageIndex now = this.index;
		return now.images.entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().retired())
			.map((entry) -> image(now, entry.getKey()))
			.sorted(Comparator.comparing(Image::created, Comparator.nullsFirst(Comparator.naturalOrder())).reversed())
			.toList();
	}

	/**
	 * The image of this name, id or beginning of an id.
	 * @throws ImageNotFoundException if there is none
	 * @throws AmbiguousImageException if the beginning of an id fits several
	 * @throws InvalidReferenceException if it could not be a name
	 */
	public Image find(String nameOrId) {
		ImageIndex now = this.index;
		return image(now, new ImageLookup(now).find(nameOrId));
	}

	private Image image(ImageIndex now, Digest id) {
		List<ImageReference> names = now.namesOf(id);
		ConfigDocument config = config(id);
		long size = config.diffIds().stream().mapToLong((layer) -> size(now, layer)).sum();
		return config.toImage(names.stream().filter((name) -> name.digest() == null).toList(),
				names.stream().filter((name) -> name.digest() != null).toList(), size);
	}

	private static long size(ImageIndex index, Digest layer) {
		ImageIndex.KnownLayer known = index.layers.get(layer);
		return (known != null) ? known.size() : 0;
	}

	private ConfigDocument config(Digest id) {
		ConfigDocument config = this.configs.get(id);
		if (config == null) {
			throw new ImageNotFoundException(id.toString());
		}
		return config;
	}

	/**
	 * The directories of an image's layers, lowest first, as overlayfs wants them: never
	 * none, and none twice. They are good as long as the image is claimed.
	 * @throws ImageNotFoundException if there is no such image
	 */
	public List<Path> layers(Digest image) {
		List<Digest> distinct = config(image).distinctLayers();
		return distinct.isEmpty() ? List.of(this.layers.emptyLayer())
				: distinct.stream().map(this.layers::path).toList();
	}

	/**
	 * How many bytes the files of each of an image's layers have, lowest first.
	 * @throws ImageNotFoundException if there is no such image
	 */
	public List<Long> layerSizes(Digest image) {
		ImageIndex now = this.index;
		return config(image).diffIds().stream().map((layer) -> size(now, layer)).toList();
	}

	/**
	 * Gives an image one more name.
	 * @param target gets the tag {@code latest} if it has none
	 * @throws InvalidReferenceException if the name has a digest, which cannot be chosen
	 */
	public void tag(String nameOrId, ImageReference target) {
		if (target.digest() != null) {
			throw new InvalidReferenceException(target.familiar(), "refusing to create a tag with a digest reference");
		}
		if (target.familiarName().equals(Digest.SHA256)) {
			throw new InvalidReferenceException(target.familiar(),
					"refusing to create an ambiguous tag using digest algorithm as name");
		}
		changeUnchecked((next) -> next.references.put(target.withDefaultTag(), new ImageLookup(next).find(nameOrId)));
	}

	/**
	 * Removes a name, and the image with its last name; or, given an id, the image.
	 * Layers that another image has stay.
	 * @param force also if stopped containers use it or if it has several names
	 * @return what went, in order
	 * @throws ImageConflictException if it is in use
	 */
	public List<Removal> remove(String nameOrId, boolean force) {
		List<Removal> removals = new ArrayList<>();
		changeUnchecked(
				(next) -> removals.addAll(new ImageRemoval(next, this.claims, this::config).remove(nameOrId, force)));
		return List.copyOf(removals);
	}

	/**
	 * A container holds on to an image until {@link #release}: it and its layers stay. To
	 * be said again after each {@link #open}.
	 * @param running whether the container is running, asked whenever it matters
	 * @throws ImageNotFoundException if there is no such image
	 */
	public void claim(Digest image, String container, BooleanSupplier running) {
		this.turn.lock();
		try {
			if (!this.index.images.containsKey(image)) {
				throw new ImageNotFoundException(image.toString());
			}
			this.claims.put(container, image, running);
		}
		finally {
			this.turn.unlock();
		}
	}

	/** Ends a container's claim; a no-op if it has none. */
	public void release(String container) {
		this.turn.lock();
		try {
			this.claims.remove(container);
			sweep();
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Removes images that were removed by force while containers used them, and that no
	 * container claims any more. To be called once all claims are made again.
	 */
	public void sweep() {
		this.turn.lock();
		try {
			boolean retired = this.index.images.entrySet()
				.stream()
				.anyMatch((image) -> image.getValue().retired() && !this.claims.any(image.getKey()));
			if (retired) {
				changeUnchecked((next) -> ImageRemoval.dropRetired(next, this.claims));
			}
		}
		finally {
			this.turn.unlock();
		}
	}

	void changeUnchecked(Consumer<ImageIndex> change) {
		try {
			change(change);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Makes a change, and then removes from disk what no image has any more. */
	private void change(Consumer<ImageIndex> change) throws IOException {
		List<String> withdrawn = new ArrayList<>();
		this.turn.lock();
		try {
			ImageIndex next = this.index.copy();
			change.accept(next);
			Set<Digest> dropped = ImageRemoval.dropLayers(next, this::config, this.layersInUse.keySet());
			Set<Digest> gone = new HashSet<>(this.index.images.keySet());
			gone.removeAll(next.images.keySet());
			publish(next);
			for (Digest image : gone) {
				this.configs.remove(image);
				this.content.remove(image);
			}
			dropped.forEach((layer) -> withdrawn.add(this.layers.withdraw(layer)));
		}
		finally {
			this.turn.unlock();
		}
		withdrawn.forEach(this.layers::purge);
	}

	private void publish(ImageIndex next) throws IOException {
		next.write(this.indexFile);
		this.index = next;
	}

	ImageIndex index() {
		return this.index;
	}

	/** Frees what the store has open. Nothing may be asked of it any more. */
	@Override
	public void close() {
		this.layers.close();
	}

	/** Layers that need not be read again stay while a load counts on them. */
	private final class LayersInStore implements LayerIntake.KnownLayers {

		@Override
		public @Nullable Digest use(LayerName name) {
			ImageStore.this.turn.lock();
			try {
				Digest diffId = ImageStore.this.index.layerCalled(name);
				if (diffId != null) {
					ImageStore.this.layersInUse.merge(diffId, 1, Integer::sum);
				}
				return diffId;
			}
			finally {
				ImageStore.this.turn.unlock();
			}
		}

		@Override
		public void release(Digest diffId) {
			ImageStore.this.turn.lock();
			try {
				ImageStore.this.layersInUse.computeIfPresent(diffId, (id, count) -> (count > 1) ? count - 1 : null);
			}
			finally {
				ImageStore.this.turn.unlock();
			}
		}

	}

}
