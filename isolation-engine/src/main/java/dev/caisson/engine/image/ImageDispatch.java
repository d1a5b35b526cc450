package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import dev.caisson.engine.image.ImageIndex.KnownLayer;

/**
 * Gives an image out, part by part, as it came or as if it had come so: by its own
 * manifest if all of that is here still, else by one made for what is here. The image's
 * layers stay as long as this is open.
 */
public final class ImageDispatch implements AutoCloseable {

	private static final String CONFIG = "application/vnd.docker.container.image.v1+json",
			LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";

	private static final int BUFFER = 128 * 1024;

	private final ImageCatalog catalog;

	private final ConfigDocument config;

	private final List<Digest> held = new ArrayList<>();

	/** The layers' uncompressed archives by the digests that the manifest calls them. */
	private final Map<Digest, Digest> diffIds = new HashMap<>();

	private ImageDispatch(ImageCatalog catalog, ConfigDocument config) {
		this.catalog = catalog;
		this.config = config;
	}

	static ImageDispatch begin(ImageCatalog catalog, Digest image) {
		catalog.turn.lock();
		try {
			ImageDispatch dispatch = new ImageDispatch(catalog, catalog.config(image));
			for (Digest layer : dispatch.config.distinctLayers()) {
				catalog.use(new LayerName(layer.hex(), true));
				dispatch.held.add(layer);
			}
			return dispatch;
		}
		finally {
			catalog.turn.unlock();
		}
	}

	/** The digests of the layers' uncompressed archives, lowest first. */
	public List<Digest> diffIds() {
		return this.config.diffIds();
	}

	public byte[] config() {
		return this.config.raw().bytes();
	}

	/**
	 * A layer's uncompressed archive, made again from its files; it fails at its end if
	 * those were changed.
	 * @param diffId one of {@link #diffIds}
	 */
	public InputStream archive(Digest diffId) throws IOException {
		return this.catalog.layers().archive(diffId);
	}

	/**
	 * The manifest by which the parts are given out. Making one may compress layers,
	 * which takes long and is done once.
	 */
	public byte[] manifest() throws IOException {
		byte[] original = original();
		return (original != null) ? original : made();
	}

	private byte @Nullable [] original() throws IOException {
		ImageIndex.StoredImage stored = this.catalog.index().images.get(this.config.id());
		if (stored == null || stored.manifest() == null) {
			return null;
		}
		byte[] bytes = this.catalog.content().read(stored.manifest());
		if (!(Manifest.parse(bytes, "") instanceof Manifest.Single manifest)
				|| manifest.layers().size() != diffIds().size()) {
			return null;
		}
		for (int i = 0; i < diffIds().size(); i++) {
			Digest blob = manifest.layers().get(i).digest();
			if (!blob.equals(diffIds().get(i)) && !this.catalog.content().has(blob)) {
				return null;
			}
			this.diffIds.put(blob, diffIds().get(i));
		}
		return bytes;
	}

	private byte[] made() throws IOException {
		ObjectNode json = Json.MAPPER.createObjectNode()
			.put("schemaVersion", 2)
			.put("mediaType", Manifest.DOCKER_IMAGE);
		describe(json.putObject("config"), CONFIG, config().length, this.config.id());
		ArrayNode layers = json.putArray("layers");
		for (Digest diffId : diffIds()) {
			Digest blob = compressed(diffId);
			this.diffIds.put(blob, diffId);
			describe(layers.addObject(), LAYER, this.catalog.content().size(blob), blob);
		}
		return Json.MAPPER.writeValueAsBytes(json);
	}

	private static void describe(ObjectNode descriptor, String type, long size, Digest digest) {
		descriptor.put("mediaType", type).put("size", size).put("digest", digest.toString());
	}

	/** A compressed form of a layer, which is kept: next time it has the same digest. */
	private Digest compressed(Digest diffId) throws IOException {
		KnownLayer known = this.catalog.index().layers.get(diffId);
		for (String hex : (known != null) ? known.kept() : List.<String>of()) {
			Digest blob = Digest.sha256(hex);
			if (this.catalog.content().has(blob) && this.catalog.content().isGzip(blob)) {
				return blob;
			}
		}
		PartialBlob partial = this.catalog.content().begin();
		try (InputStream archive = archive(diffId)) {
			Digest blob = compress(archive, partial);
			this.catalog.keepCompressed(diffId, blob, partial);
			return blob;
		}
		finally {
			partial.discard();
		}
	}

	private static Digest compress(InputStream archive, PartialBlob target) throws IOException {
		HashedOutput hashed = new HashedOutput(Channels.newOutputStream(target.channel()));
		try (OutputStream gzip = new FastGzip(hashed)) {
			archive.transferTo(gzip);
		}
		return hashed.digest();
	}

	/**
	 * A part by its digest.
	 * @param digest one of those in the manifest that was given out
	 */
	public InputStream open(Digest digest) {
		try {
			if (digest.equals(this.config.id())) {
				return new ByteArrayInputStream(config());
			}
			Digest diffId = this.diffIds.get(digest);
			return (diffId != null && diffId.equals(digest)) ? archive(diffId)
					: Channels.newInputStream(this.catalog.content().open(digest));
		}
		catch (NoSuchFileException ex) {
			throw new UncheckedIOException(new IOException(
					"image " + this.config.id() + ": " + digest + " is not there any more: pull the image again", ex));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.held.forEach(this.catalog::release);
	}

	/**
	 * A level that is worth its time: the next ones gain a few percent for twice of it.
	 */
	private static final class FastGzip extends GZIPOutputStream {

		private static final int LEVEL = 4;

		FastGzip(OutputStream out) throws IOException {
			super(out, BUFFER);
			this.def.setLevel(LEVEL);
		}

	}

}
