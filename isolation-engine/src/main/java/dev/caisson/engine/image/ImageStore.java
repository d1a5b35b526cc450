package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The images of this machine, under a data root: {@code content/} has configurations by
 * digest, {@code layers/} the unpacked layers, {@code images.json} says what there is. A
 * change that was acknowledged survives the death of this process; one that was not
 * leaves nothing that the next {@link #open} does not remove. After a failure of the
 * machine an image is whole or is left out. Safe for use by many threads: questions are
 * answered from the index as it was last published, changes take turns, and archives are
 * unpacked outside of any turn. One store at a time may have a data root open.
 * <p>
 * Failures: {@link ImageNotFoundException}, {@link AmbiguousImageException},
 * {@link ImageConflictException}, {@link InvalidReferenceException},
 * {@link InvalidImageException}; {@link dev.caisson.engine.linux.LinuxException} and
 * {@link java.io.UncheckedIOException} where the host fails.
 */
public final class ImageStore implements AutoCloseable {

	private final Housekeeping housekeeping = new Housekeeping();

	private final LayerStore layers;

	private final ImageCatalog catalog;

	private final UnpackLimits limits;

	private final Platform host;

	/** Guarded by the catalog's turn. */
	private final ImageClaims claims = new ImageClaims();

	private ImageStore(Path dataRoot, UnpackLimits limits, Platform host) {
		this.limits = limits;
		this.host = host;
		this.layers = LayerStore.open(dataRoot.resolve("layers"), this.housekeeping);
		this.catalog = new ImageCatalog(dataRoot, this.layers);
		this.housekeeping.later("bring layers to disk", this.catalog::settle);
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
		return new ImageStore(dataRoot, limits, host);
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
		List<LoadEvent> events = new ArrayList<>();
		try (LayerIntake intake = intake(progress)) {
			ArchiveContents contents = new ArchiveReader(intake, this.limits).read(new ArchiveStream(archive));
			List<ArchivedImage> images = ArchiveImages.find(contents, this.host);
			this.catalog.keep(images, intake, events::add);
			this.housekeeping.later("bring layers to disk", this.catalog::settle);
			events.forEach(progress);
			return images.stream().map((archived) -> image(this.catalog.index(), archived.config())).toList();
		}
		catch (MistakenLayerException ex) {
			forgetLabel(ex.mistaken());
			throw new InvalidImageException(String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * Begins to take in an image that comes in parts, as from a registry.
	 * @param config its configuration
	 * @param manifest its manifest, which names the configuration
	 * @throws InvalidImageException if the two do not belong together
	 */
	public ImageReception receive(byte[] config, byte[] manifest) {
		return ImageReception.begin(this, config, manifest);
	}

	/**
	 * Refuses what cannot fit, before any of it comes.
	 * @param bytes that will be written, at least
	 * @throws InvalidImageException if the file system of the store has less to give
	 */
	public void requireSpace(long bytes) {
		long usable = this.catalog.content().usableSpace();
		if (bytes > usable) {
			throw new InvalidImageException(
					"no space left on device: the image has " + bytes + " bytes, and " + usable + " are free");
		}
	}

	/**
	 * Begins to give an image out.
	 * @throws ImageNotFoundException if there is no such image
	 */
	public ImageDispatch dispatch(Digest image) {
		return ImageDispatch.begin(this.catalog, image);
	}

	/**
	 * The layers of an image whose files are not what their digests say any more:
	 * somebody or something has changed them on disk. Costs one look at each file.
	 * @throws ImageNotFoundException if there is no such image
	 */
	public List<Digest> damagedLayers(Digest image) {
		return this.catalog.damaged(image);
	}

	/** What was kept as a proof of the image's origin, if anything was. */
	public Optional<byte[]> proof(Digest image) {
		ImageIndex.StoredImage stored = this.catalog.index().images.get(image);
		try {
			return (stored != null && stored.proof() != null) ? Optional.of(this.catalog.content().read(stored.proof()))
					: Optional.empty();
		}
		catch (IOException ex) {
			// whatever is there now proves nothing
			return Optional.empty();
		}
	}

	/**
	 * Gives an image the digest as a name that a registry has given it; a no-op if the
	 * image has gone meanwhile.
	 */
	public void name(Digest image, ImageReference digested) {
		this.catalog.change((next) -> {
			if (next.images.containsKey(image)) {
				next.references.put(digested, image);
			}
		});
	}

	/** The image, which is in the store when this returns. */
	Image keep(ArchivedImage image, LayerIntake intake) {
		this.catalog.keep(List.of(image), intake, (event) -> {
		});
		this.housekeeping.later("bring layers to disk", this.catalog::settle);
		return image(this.catalog.index(), image.config());
	}

	LayerIntake intake(Consumer<LoadEvent> progress) {
		return new LayerIntake(this.layers, this.catalog.content(), this.catalog, this.limits, progress);
	}

	private void forgetLabel(ArchivedLayer.Known mistaken) {
		this.catalog.change((next) -> next.layers.computeIfPresent(mistaken.diffId(),
				(id, layer) -> layer.withoutLabel(mistaken.name().hex())));
	}

	/**
	 * Makes an image whose layer is packed meanwhile; changes that are none make no
	 * layer.
	 * @param changes what to add to the parent's layers, or null for nothing
	 * @param names tags that it gets
	 * @throws IOException if the changes cannot be read
	 * @throws ImageNotFoundException if the parent is not there
	 * @throws InvalidImageException if the changes are no layer, or too much for one
	 */
	public Image commit(ImageDraft draft, @Nullable LayerSource changes, List<ImageReference> names)
			throws IOException {
		try (ImageAssembly assembly = assembly(draft, names)) {
			return made((changes != null) ? assembly.assemble(changes, names) : assembly.assemble(names));
		}
	}

	/**
	 * Makes an image of a file system's archive, plain or packed by gzip or zstd.
	 * @param archive stays open
	 * @throws IOException if reading the archive fails
	 * @throws InvalidImageException if it is no archive
	 */
	public Image importLayer(ImageDraft draft, InputStream archive, List<ImageReference> names) throws IOException {
		try (ImageAssembly assembly = assembly(draft, names)) {
			return made(assembly.assemble(archive, names));
		}
	}

	private ImageAssembly assembly(ImageDraft draft, List<ImageReference> names) {
		names.forEach(ImageStore::checkTag);
		return new ImageAssembly(this.catalog, intake((event) -> {
		}), this.host, draft);
	}

	private Image made(ConfigDocument config) {
		this.housekeeping.later("bring layers to disk", this.catalog::settle);
		return image(this.catalog.index(), config);
	}

	/** All images, the youngest first. */
	public List<Image> list() {
		ImageIndex index = this.catalog.index();
		return index.images.entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().retired())
			.map((entry) -> image(index, this.catalog.config(entry.getKey())))
			.sorted(Comparator.comparing(Image::created, Comparator.nullsFirst(Comparator.naturalOrder())).reversed())
			.toList();
	}

	/** What there is to count. */
	public ImageFigures figures() {
		return new ImageFigures(this.catalog);
	}

	/** How many containers hold on to an image. */
	public int users(Digest image) {
		this.catalog.turn.lock();
		try {
			return this.claims.count(image);
		}
		finally {
			this.catalog.turn.unlock();
		}
	}

	/**
	 * Writes images into an archive that {@link #load} and Docker read.
	 * @param wanted ids, and the tags under which each is saved
	 * @param out stays open
	 * @throws IOException if a layer cannot be read or was changed on disk: then before
	 * anything is written; or if writing fails
	 * @throws ImageNotFoundException if one is not there
	 */
	public void save(Map<Digest, List<ImageReference>> wanted, OutputStream out) throws IOException {
		try (ImageSaving saving = new ImageSaving(this, wanted)) {
			saving.write(out);
		}
	}

	/** Whether an image has no name, and others were made on top of it. */
	public boolean isIntermediate(Image image) {
		ImageIndex index = this.catalog.index();
		return index.namesOf(image.id()).isEmpty()
				&& index.images.keySet().stream().anyMatch((other) -> image.id().equals(index.parents.get(other)));
	}

	/**
	 * The image of this name, id or beginning of an id.
	 * @throws ImageNotFoundException if there is none
	 * @throws AmbiguousImageException if the beginning of an id fits several
	 * @throws InvalidReferenceException if it could not be a name
	 */
	public Image find(String nameOrId) {
		ImageIndex index = this.catalog.index();
		return image(index, this.catalog.config(new ImageLookup(index).find(nameOrId)));
	}

	private static Image image(ImageIndex index, ConfigDocument config) {
		List<ImageReference> names = index.namesOf(config.id());
		long size = config.diffIds().stream().mapToLong((layer) -> size(index, layer)).sum();
		return config.toImage(names.stream().filter((name) -> name.digest() == null).toList(),
				names.stream().filter((name) -> name.digest() != null).toList(), size);
	}

	private static long size(ImageIndex index, Digest layer) {
		ImageIndex.KnownLayer known = index.layers.get(layer);
		return (known != null) ? known.size() : 0;
	}

	/**
	 * The directories of an image's layers, lowest first, as overlayfs wants them: never
	 * none, and none twice. They are good as long as the image is claimed.
	 * @throws ImageNotFoundException if there is no such image
	 */
	public List<Path> layers(Digest image) {
		List<Digest> distinct = this.catalog.config(image).distinctLayers();
		return distinct.isEmpty() ? List.of(this.layers.emptyLayer())
				: distinct.stream().map(this.layers::path).toList();
	}

	/**
	 * How many bytes the files of each of an image's layers have, lowest first.
	 * @throws ImageNotFoundException if there is no such image
	 */
	public List<Long> layerSizes(Digest image) {
		ImageIndex index = this.catalog.index();
		return this.catalog.config(image).diffIds().stream().map((layer) -> size(index, layer)).toList();
	}

	/**
	 * Gives an image one more name.
	 * @param target gets the tag {@code latest} if it has none
	 * @throws InvalidReferenceException if the name has a digest, which cannot be chosen
	 */
	public void tag(String nameOrId, ImageReference target) {
		checkTag(target);
		this.catalog
			.change((next) -> next.references.put(target.withDefaultTag(), new ImageLookup(next).find(nameOrId)));
	}

	private static void checkTag(ImageReference target) {
		if (target.digest() != null) {
			throw new InvalidReferenceException(target.familiar(), "refusing to create a tag with a digest reference");
		}
		if (target.familiarName().equals(Digest.SHA256)) {
			throw new InvalidReferenceException(target.familiar(),
					"refusing to create an ambiguous tag using digest algorithm as name");
		}
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
		this.catalog.change((next) -> removals
			.addAll(new ImageRemoval(next, this.claims, this.catalog::config).remove(nameOrId, force)));
		return List.copyOf(removals);
	}

	/**
	 * A container holds on to an image until {@link #release}: it and its layers stay. To
	 * be said again after each {@link #open}.
	 * @param running whether the container is running, asked whenever it matters, while
	 * changes to images wait: it must answer at once
	 * @throws ImageNotFoundException if there is no such image
	 */
	public void claim(Digest image, String container, BooleanSupplier running) {
		this.catalog.turn.lock();
		try {
			if (!this.catalog.index().images.containsKey(image)) {
				throw new ImageNotFoundException(image.toString());
			}
			this.claims.put(container, image, running);
		}
		finally {
			this.catalog.turn.unlock();
		}
	}

	/** Ends a container's claim; a no-op if it has none. */
	public void release(String container) {
		this.catalog.turn.lock();
		try {
			this.claims.remove(container);
			sweep();
		}
		finally {
			this.catalog.turn.unlock();
		}
	}

	/**
	 * Removes images that were removed by force while containers used them, and that no
	 * container claims any more. To be called once all claims are made again.
	 */
	public void sweep() {
		this.catalog.turn.lock();
		try {
			boolean any = this.catalog.index().images.entrySet()
				.stream()
				.anyMatch((image) -> image.getValue().retired() && !this.claims.any(image.getKey()));
			if (any) {
				this.catalog.change((next) -> ImageRemoval.dropRetired(next, this.claims));
			}
		}
		finally {
			this.catalog.turn.unlock();
		}
	}

	ImageCatalog catalog() {
		return this.catalog;
	}

	/**
	 * Ends what is still to be done, for ten seconds at most, and frees what the store
	 * has open. Nothing may be asked of it any more.
	 */
	@Override
	public void close() {
		if (this.housekeeping.finish()) {
			this.layers.close();
		}
	}

}
