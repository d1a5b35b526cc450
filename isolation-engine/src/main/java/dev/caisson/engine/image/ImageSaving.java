package dev.caisson.engine.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarWriter;

/**
 * Writes images into one archive as Docker does since version 25: an OCI image layout
 * with a docker-archive's manifest.json beside it, which names the same blobs. The images
 * stay while this is open. For one thread.
 */
final class ImageSaving implements AutoCloseable {

	private static final String CONFIG = "application/vnd.oci.image.config.v1+json",
			LAYER = "application/vnd.oci.image.layer.v1.tar";

	private static final int BUFFER = 128 * 1024;

	private final Map<ImageDispatch, List<ImageReference>> images = new LinkedHashMap<>();

	/** Bytes of the layers' archives, which have to be known before they are written. */
	private final Map<Digest, Long> layers = new LinkedHashMap<>();

	/** All else by its digest. */
	private final Map<Digest, byte[]> documents = new LinkedHashMap<>();

	ImageSaving(ImageStore store, Map<Digest, List<ImageReference>> wanted) throws IOException {
		try {
			wanted.forEach((id, tags) -> this.images.put(store.dispatch(id), tags));
			for (ImageDispatch image : this.images.keySet()) {
				measure(image);
			}
		}
		catch (IOException | RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/** Reads every layer once: a damaged one is told before anything is written. */
	private void measure(ImageDispatch image) throws IOException {
		for (Digest layer : image.diffIds()) {
			if (!this.layers.containsKey(layer)) {
				try (InputStream archive = image.archive(layer)) {
					this.layers.put(layer, archive.transferTo(OutputStream.nullOutputStream()));
				}
			}
		}
	}

	void write(OutputStream out) throws IOException {
		byte[] index = index();
		byte[] manifests = manifests();
		try (TarWriter tar = new TarWriter(out)) {
			putDirectory(tar, "blobs/");
			putDirectory(tar, "blobs/sha256/");
			for (Map.Entry<Digest, byte[]> document : this.documents.entrySet()) {
				put(tar, path(document.getKey()), document.getValue());
			}
			putLayers(tar);
			put(tar, "index.json", index);
			put(tar, "manifest.json", manifests);
			put(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII));
		}
	}

	private byte[] index() {
		ObjectNode index = Json.MAPPER.createObjectNode().put("schemaVersion", 2).put("mediaType", Manifest.OCI_INDEX);
		ArrayNode manifests = index.putArray("manifests");
		this.images.forEach((image, tags) -> {
			byte[] manifest = manifest(image);
			for (ImageReference tag : tags) {
				ObjectNode annotations = describe(manifests.addObject(), Manifest.OCI_IMAGE, keep(manifest),
						manifest.length)
					.putObject("annotations");
				annotations.put("io.containerd.image.name", tag.canonical());
				annotations.put("org.opencontainers.image.ref.name", tag.tag());
			}
			if (tags.isEmpty()) {
				describe(manifests.addObject(), Manifest.OCI_IMAGE, keep(manifest), manifest.length);
			}
		});
		return Json.MAPPER.writeValueAsBytes(index);
	}

	private byte[] manifest(ImageDispatch image) {
		ObjectNode json = Json.MAPPER.createObjectNode().put("schemaVersion", 2).put("mediaType", Manifest.OCI_IMAGE);
		describe(json.putObject("config"), CONFIG, keep(image.config()), image.config().length);
		ArrayNode list = json.putArray("layers");
		image.diffIds()
			.forEach((layer) -> describe(list.addObject(), LAYER, layer, this.layers.getOrDefault(layer, 0L)));
		return Json.MAPPER.writeValueAsBytes(json);
	}

	private Digest keep(byte[] document) {
		Digest digest = Digest.ofBytes(document);
		this.documents.put(digest, document);
		return digest;
	}

	private static ObjectNode describe(ObjectNode descriptor, String type, Digest digest, long size) {
		return descriptor.put("mediaType", type).put("digest", digest.toString()).put("size", size);
	}

	private byte[] manifests() {
		ArrayNode manifests = Json.MAPPER.createArrayNode();
		this.images.forEach((image, tags) -> {
			ObjectNode manifest = manifests.addObject().put("Config", path(Digest.ofBytes(image.config())));
			ArrayNode names = manifest.putArray("RepoTags");
			tags.forEach((tag) -> names.add(tag.familiar()));
			ArrayNode paths = manifest.putArray("Layers");
			image.diffIds().forEach((layer) -> paths.add(path(layer)));
		});
		return Json.MAPPER.writeValueAsBytes(manifests);
	}

	private static String path(Digest digest) {
		return "blobs/" + digest.algorithm() + "/" + digest.hex();
	}

	private void putLayers(TarWriter tar) throws IOException {
		List<Digest> written = new ArrayList<>();
		for (ImageDispatch image : this.images.keySet()) {
			for (Digest layer : image.diffIds()) {
				if (!written.contains(layer)) {
					written.add(layer);
					putLayer(tar, image, layer);
				}
			}
		}
	}

	private void putLayer(TarWriter tar, ImageDispatch image, Digest layer) throws IOException {
		tar.put(entry(TarEntry.Kind.FILE, path(layer), this.layers.getOrDefault(layer, 0L)));
		byte[] buffer = new byte[BUFFER];
		try (InputStream archive = image.archive(layer)) {
			int count;
			while ((count = archive.read(buffer, 0, BUFFER)) >= 0) {
				tar.write(buffer, count);
			}
		}
		tar.endFile();
	}

	private static void put(TarWriter tar, String name, byte[] content) throws IOException {
		tar.put(entry(TarEntry.Kind.FILE, name, content.length));
		tar.write(content, content.length);
		tar.endFile();
	}

	private static void putDirectory(TarWriter tar, String name) throws IOException {
		tar.put(entry(TarEntry.Kind.DIRECTORY, name, 0));
	}

	private static TarEntry entry(TarEntry.Kind kind, String name, long size) {
		return new TarEntry(kind, name, "", (kind == TarEntry.Kind.DIRECTORY) ? 0755 : 0644, 0, 0, size, size, 0, 0, 0,
				0, Map.of(), null);
	}

	@Override
	public void close() {
		this.images.keySet().forEach(ImageDispatch::close);
	}

}
