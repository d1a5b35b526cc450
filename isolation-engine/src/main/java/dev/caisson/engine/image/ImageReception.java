package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Takes in one image part by part, several layers at once if need be. Nothing of it is in
 * the store before {@link #keep}; what was taken in till then goes when this is closed.
 * Layers that the store has already stay there as long as this is open.
 */
public final class ImageReception implements AutoCloseable {

	private final ImageStore store;

	private final LayerIntake intake;

	private final ConfigDocument config;

	private final byte[] manifest;

	/** The image's layers by the digests of their archives, which are never twice. */
	private final Map<Digest, Descriptor> layers;

	private final Map<Digest, ArchivedLayer> received = new ConcurrentHashMap<>();

	private ImageReception(ImageStore store, ConfigDocument config, byte[] manifest, Map<Digest, Descriptor> layers) {
		this.store = store;
		this.config = config;
		this.manifest = manifest;
		this.layers = layers;
		this.intake = store.intake((event) -> {
		});
	}

	static ImageReception begin(ImageStore store, byte[] config, byte[] manifest) {
		if (!(Manifest.parse(manifest, "") instanceof Manifest.Single image)) {
			throw new InvalidImageException("manifest: of several images, not of one");
		}
		ConfigDocument document = ConfigDocument.parse(config);
		if (!document.id().equals(image.config().digest())) {
			throw new InvalidImageException(
					"image configuration: is not " + image.config().digest() + " but " + document.id());
		}
		if (document.diffIds().size() != image.layers().size()) {
			throw new InvalidImageException("image configuration: names " + document.diffIds().size()
					+ " layers, but the manifest has " + image.layers().size());
		}
		Map<Digest, Descriptor> layers = new LinkedHashMap<>();
		for (int i = 0; i < image.layers().size(); i++) {
			layers.put(document.diffIds().get(i), image.layers().get(i));
		}
		return new ImageReception(store, document, manifest.clone(), layers);
	}

	/** What the image is for. */
	public Platform platform() {
		return new Platform(this.config.os(), this.config.architecture(), this.config.variant());
	}

	/** The digest of the configuration. */
	public Digest id() {
		return this.config.id();
	}

	/**
	 * How the manifest describes a layer.
	 * @param diffId one of {@link #diffIds}
	 */
	public Descriptor descriptor(Digest diffId) {
		return this.layers.get(diffId);
	}

	/** The digests of the layers' uncompressed archives, lowest first, none twice. */
	public List<Digest> diffIds() {
		return List.copyOf(this.layers.keySet());
	}

	/** Whether the store has this layer, which then need not be taken in. */
	public boolean has(Digest diffId) {
		ArchivedLayer.Known known = this.intake.known(new LayerName(diffId.hex(), true));
		if (known == null || !known.diffId().equals(diffId)) {
			return false;
		}
		this.received.put(diffId, known);
		return true;
	}

	/**
	 * Takes in a layer, and verifies it when its last byte was read.
	 * @param diffId one of {@link #diffIds}
	 * @param stored the layer as the manifest describes it; stays open
	 * @param read is told how many bytes were read
	 * @throws IOException if reading or writing fails
	 * @throws InvalidImageException if it is another layer, or malformed
	 */
	public void layer(Digest diffId, InputStream stored, LongConsumer read) throws IOException {
		Digest blob = this.layers.get(diffId).digest();
		byte[] start = stored.readNBytes(Compression.PROBE);
		InputStream whole = new SequenceInputStream(new ByteArrayInputStream(start), stored);
		ArchivedLayer layer = this.intake.unpack("blobs/sha256/" + blob.hex(), whole, Compression.of(start), read);
		switch (layer) {
			case ArchivedLayer.Unpacked unpacked -> {
				verify("layer", blob, unpacked.blob());
				verify("layer's archive", diffId, unpacked.diffId());
				this.received.put(diffId, layer);
			}
			case ArchivedLayer.Unusable unusable -> throw new InvalidImageException(unusable.why());
			case ArchivedLayer.Known known -> throw new IllegalStateException("nobody asked for " + known);
		}
	}

	private static void verify(String what, Digest wanted, Digest actual) {
		if (!wanted.equals(actual)) {
			throw new InvalidImageException(what + " is not " + wanted + " but " + actual);
		}
	}

	/**
	 * Puts the image into the store.
	 * @param names with tags or digests
	 * @param proof kept with the image, or null
	 * @throws InvalidImageException if a layer is missing
	 */
	public Image keep(List<ImageReference> names, byte @Nullable [] proof) {
		List<ArchivedLayer> whole = new ArrayList<>();
		for (Digest diffId : this.config.diffIds()) {
			ArchivedLayer layer = this.received.get(diffId);
			if (layer == null) {
				throw new InvalidImageException("image " + this.config.id().shortForm() + ": no layer " + diffId);
			}
			whole.add(layer);
		}
		return this.store.keep(new ArchivedImage(this.config, whole, names, this.manifest, proof), this.intake);
	}

	@Override
	public void close() {
		this.intake.close();
	}

}
