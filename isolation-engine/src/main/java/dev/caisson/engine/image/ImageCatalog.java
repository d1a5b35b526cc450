package dev.caisson.engine.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.caisson.engine.image.ImageIndex.KnownLayer;
import dev.caisson.engine.image.ImageIndex.StoredImage;

/**
 * The index as it was last published, the configurations it speaks of, and the one way to
 * change both together with what is on disk: things appear on disk before the index names
 * them, and go after it does not name them any more. Safe for use by many threads.
 */
final class ImageCatalog implements LayerIntake.KnownLayers {

	private static final Logger LOGGER = LoggerFactory.getLogger(ImageCatalog.class);

	private final Path indexFile;

	private final ContentStore content;

	private final LayerStore layers;

	private final Map<Digest, ConfigDocument> configs = new ConcurrentHashMap<>();

	/** Changes take turns; what else has to wait for its turn uses this, too. */
	final ReentrantLock turn = new ReentrantLock();

	/** How many loads under way count on a layer. Guarded by the turn. */
	private final Map<Digest, Integer> layersInUse = new HashMap<>();

	private final String boot = boot();

	private volatile ImageIndex index;

	/** Opens the catalog, and removes what a crash left half done. */
	ImageCatalog(Path dataRoot, LayerStore layers) {
		this.indexFile = dataRoot.resolve("images.json");
		this.content = ContentStore.open(dataRoot.resolve("content"));
		this.layers = layers;
		this.index = ImageIndex.read(this.indexFile);
		recover();
	}

	/** Leaves out images that are not whole, and removes from disk what no image has. */
	private void recover() {
		ImageIndex whole = this.index.copy();
		whole.images.keySet().removeIf((id) -> !isWhole(id));
		whole.references.values().removeIf((id) -> !whole.images.containsKey(id));
		ImageRemoval.dropLayers(whole, this::config, Set.of());
		this.index = whole;
		this.content.retainOnly(whole.blobs());
		this.layers.retainOnly(whole.layers.keySet());
	}

	private boolean isWhole(Digest id) {
		try {
			ConfigDocument config = ConfigDocument.parse(this.content.read(id));
			Optional<Digest> missing = config.diffIds().stream().filter((layer) -> !isThere(layer)).findFirst();
			if (missing.isEmpty()) {
				this.configs.put(id, config);
				return true;
			}
			LOGGER.warn("image {} is left out: its layer {} is missing, or was not on disk when the machine stopped",
					id, missing.get());
		}
		catch (IOException | InvalidImageException ex) {
			LOGGER.warn("image {} is left out: {}", id, ex.getMessage());
		}
		return false;
	}

	private boolean isThere(Digest layer) {
		KnownLayer known = this.index.layers.get(layer);
		boolean trusted = known != null && (known.unsettled().isEmpty() || known.unsettled().equals(this.boot));
		return trusted && this.layers.has(layer);
	}

	ImageIndex index() {
		return this.index;
	}

	LayerStore layers() {
		return this.layers;
	}

	ContentStore content() {
		return this.content;
	}

	/** The configuration of an image that is there, even if it is shown to nobody. */
	ConfigDocument config(Digest id) {
		ConfigDocument config = this.configs.get(id);
		if (config == null) {
			throw new ImageNotFoundException(id.toString());
		}
		return config;
	}

	/** Makes a change, and then removes from disk what no image has any more. */
	void change(Consumer<ImageIndex> change) {
		this.turn.lock();
		try {
			ImageIndex next = this.index.copy();
			change.accept(next);
			Set<Digest> dropped = ImageRemoval.dropLayers(next, this::config, this.layersInUse.keySet());
			next.parents.keySet().retainAll(next.images.keySet());
			Set<Digest> gone = new HashSet<>(this.index.blobs());
			publish(next);
			this.configs.keySet().retainAll(next.images.keySet());
			removeAllBut(next.blobs(), gone);
			removeAll(dropped);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			this.turn.unlock();
		}
	}

	private void removeAll(Set<Digest> dropped) throws IOException {
		for (Digest layer : dropped) {
			this.layers.remove(layer);
		}
	}

	private void removeAllBut(Set<Digest> wanted, Set<Digest> blobs) throws IOException {
		for (Digest blob : blobs) {
			if (!wanted.contains(blob)) {
				this.content.remove(blob);
			}
		}
	}

	/** Keeps whole images of an archive; either all of them or, if it fails, none. */
	void keep(List<ArchivedImage> images, LayerIntake intake, Consumer<LoadEvent> events) {
		this.turn.lock();
		Adopted adopted = new Adopted(new HashSet<>(), this.index.blobs());
		try {
			ImageIndex next = this.index.copy();
			for (ArchivedImage image : images) {
				Digest id = put(image.config().raw().bytes(), adopted);
				Digest manifest = (image.manifest() != null) ? put(image.manifest(), adopted) : null;
				Digest proof = (image.proof() != null) ? put(image.proof(), adopted) : null;
				this.configs.put(id, image.config());
				for (ArchivedLayer layer : image.layers()) {
					keep(layer, intake, next, adopted);
				}
				next.images.merge(id, new StoredImage(false, manifest, proof), StoredImage::shown);
				name(image, next, events);
			}
			publish(next);
			adopted.layers.clear();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			// no layers, unless the index could not be written
			try {
				removeAll(adopted.layers);
				removeAllBut(this.index.blobs(), adopted.blobs);
			}
			catch (IOException ex) {
				LOGGER.warn("cannot remove what is not needed now, the next start will: {}", ex.getMessage());
			}
			this.turn.unlock();
		}
	}

	/** Keeps a compressed form that was made of a layer. */
	void keepCompressed(Digest diffId, Digest blob, PartialBlob partial) throws IOException {
		this.turn.lock();
		try {
			this.content.adopt(partial, blob);
			change((next) -> next.layers.computeIfPresent(diffId,
					(id, known) -> known.withKept(blob.hex()).withBlob(blob.hex())));
		}
		finally {
			this.turn.unlock();
		}
	}

	private Digest put(byte[] blob, Adopted adopted) throws IOException {
		Digest digest = this.content.put(blob);
		adopted.blobs.add(digest);
		return digest;
	}

	private void keep(ArchivedLayer layer, LayerIntake intake, ImageIndex next, Adopted adopted) throws IOException {
		if (!(layer instanceof ArchivedLayer.Unpacked unpacked)) {
			return;
		}
		Digest diffId = unpacked.diffId();
		if (!next.layers.containsKey(diffId)) {
			intake.adopt(unpacked);
			adopted.layers.add(diffId);
			next.layers.put(diffId, new KnownLayer(unpacked.size(), this.boot));
		}
		keepBlob(unpacked, intake, next, adopted);
		LayerName name = unpacked.name();
		if (name != null && !name.address() && !name.hex().equals(diffId.hex())) {
			next.layers.computeIfPresent(diffId, (id, known) -> known.withLabel(name.hex()));
		}
	}

	private static void keepBlob(ArchivedLayer.Unpacked layer, LayerIntake intake, ImageIndex next, Adopted adopted)
			throws IOException {
		Digest blob = layer.blob();
		PartialBlob kept = layer.kept();
		KnownLayer known = next.layers.get(layer.diffId());
		if (kept != null && known != null && !known.kept().contains(blob.hex())) {
			intake.adopt(kept, blob);
			adopted.blobs.add(blob);
			next.layers.put(layer.diffId(), known.withKept(blob.hex()));
		}
		if (!blob.equals(layer.diffId())) {
			next.layers.computeIfPresent(layer.diffId(), (id, same) -> same.withBlob(blob.hex()));
		}
	}

	private static void name(ArchivedImage image, ImageIndex next, Consumer<LoadEvent> events) {
		Digest id = image.config().id();
		for (ImageReference name : image.names()) {
			Digest previous = next.references.put(name, id);
			if (previous != null && !previous.equals(id)) {
				events.accept(new LoadEvent.TagMoved(name, previous));
			}
			events.accept(new LoadEvent.Loaded(name, id));
		}
		if (image.names().isEmpty()) {
			events.accept(new LoadEvent.LoadedUnnamed(id));
		}
	}

	private void publish(ImageIndex next) throws IOException {
		next.write(this.indexFile);
		this.index = next;
	}

	/**
	 * Brings new layers to disk, which takes too long to wait for. The index says of
	 * which ones this is not known: if the machine itself goes down before, they are not
	 * trusted.
	 */
	void settle() {
		Set<Digest> unsettled = new HashSet<>();
		this.index.layers.forEach((id, layer) -> {
			if (!layer.unsettled().isEmpty()) {
				unsettled.add(id);
			}
		});
		if (!unsettled.isEmpty()) {
			this.layers.sync();
			Map<Digest, LayerStore.Seal> seals = new HashMap<>();
			unsettled.forEach((layer) -> seals.put(layer, this.layers.seal(layer)));
			change((next) -> seals
				.forEach((layer, seal) -> next.layers.computeIfPresent(layer, (id, known) -> known.settled(seal))));
		}
	}

	/**
	 * The layers of an image whose files are not what their digests say any more. Reads
	 * all files of those alone whose seal is broken: a copy of the data root, say.
	 */
	List<Digest> damaged(Digest image) {
		List<Digest> damaged = new ArrayList<>();
		for (Digest layer : config(image).distinctLayers()) {
			KnownLayer known = this.index.layers.get(layer);
			if (known == null || !known.unsettled().isEmpty() || known.seal().quick().isEmpty()
					|| this.layers.holds(known.seal(), layer)) {
				continue;
			}
			LayerStore.Seal now = this.layers.seal(layer);
			if (this.layers.isUnchanged(known.seal(), layer)) {
				change((next) -> next.layers.computeIfPresent(layer, (id, same) -> same.settled(now)));
			}
			else {
				damaged.add(layer);
			}
		}
		return damaged;
	}

	/** Which boot of the machine this is. See random(4). */
	private static String boot() {
		try {
			return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public @Nullable Digest use(LayerName name) {
		this.turn.lock();
		try {
			Digest diffId = this.index.layerCalled(name);
			if (diffId != null) {
				this.layersInUse.merge(diffId, 1, Integer::sum);
			}
			return diffId;
		}
		finally {
			this.turn.unlock();
		}
	}

	@Override
	public void release(Digest diffId) {
		this.turn.lock();
		try {
			this.layersInUse.computeIfPresent(diffId, (id, count) -> (count > 1) ? count - 1 : null);
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * What a change under way has put on disk, and the blobs that were there before:
	 * those that nobody names at its end go.
	 */
	private record Adopted(Set<Digest> layers, Set<Digest> blobs) {

	}

}
