package dev.caisson.engine.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which images and layers there are and what they are called: the one record of it, a
 * file that is replaced as a whole, so that a change is there or is not. A published
 * index is never changed: whoever changes something changes a {@link #copy}.
 */
final class ImageIndex {

	private static final int VERSION = 1;

	final Map<ImageReference, Digest> references;

	final Map<Digest, StoredImage> images;

	final Map<Digest, KnownLayer> layers;

	/** Of images that were made here: what they were made on top of. */
	final Map<Digest, Digest> parents = new HashMap<>();

	@Nullable BuiltIn builtIn;

	private ImageIndex(Map<ImageReference, Digest> references, Map<Digest, StoredImage> images,
			Map<Digest, KnownLayer> layers, @Nullable BuiltIn builtIn) {
		this.references = new TreeMap<>(references);
		this.images = new HashMap<>(images);
		this.layers = new HashMap<>(layers);
		this.builtIn = builtIn;
	}

	ImageIndex copy() {
		ImageIndex copy = new ImageIndex(this.references, this.images, this.layers, this.builtIn);
		copy.parents.putAll(this.parents);
		return copy;
	}

	/** The index in this file; empty if there is no such file. */
	static ImageIndex read(Path file) {
		ImageIndex index = new ImageIndex(Map.of(), Map.of(), Map.of(), null);
		try {
			if (Files.exists(file)) {
				index.fill(Json.parse(Files.readAllBytes(file), file.toString()));
			}
			return index;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void fill(Json json) {
		Integer version = json.get("version").integer();
		if (version == null || version != VERSION) {
			throw new InvalidImageException(json.name() + ": version " + version + " of the index is not known");
		}
		json.get("references")
			.fields()
			.forEach((name, id) -> this.references.put(ImageReference.parse(name), id.digest()));
		json.get("images")
			.fields()
			.forEach((id, image) -> this.images.put(Digest.parse(id),
					new StoredImage(image.get("retired").flag(),
							image.get("manifest").isNull() ? null : image.get("manifest").digest(),
							image.get("proof").isNull() ? null : image.get("proof").digest())));
		json.get("layers")
			.fields()
			.forEach((id, layer) -> this.layers.put(Digest.parse(id),
					new KnownLayer(layer.get("size").number(), layer.get("unsettled").text(),
							layer.get("blobs").texts(), layer.get("labels").texts(), layer.get("kept").texts(),
							new LayerStore.Seal(layer.get("seal").text(), layer.get("thoroughSeal").text()))));
		json.get("parents").fields().forEach((id, parent) -> this.parents.put(Digest.parse(id), parent.digest()));
		Json hello = json.get("builtIn");
		this.builtIn = hello.isNull() ? null : new BuiltIn(hello.get("program").digest(), hello.get("image").digest());
	}

	/** Puts this into the file; on disk when it returns. */
	void write(Path file) throws IOException {
		ObjectNode json = Json.MAPPER.createObjectNode().put("version", VERSION);
		ObjectNode names = json.putObject("references");
		this.references.forEach((name, id) -> names.put(name.canonical(), id.toString()));
		ObjectNode all = json.putObject("images");
		this.images.forEach((id, image) -> {
			ObjectNode node = all.putObject(id.toString()).put("retired", image.retired);
			if (image.manifest != null) {
				node.put("manifest", image.manifest.toString());
			}
			if (image.proof != null) {
				node.put("proof", image.proof.toString());
			}
		});
		ObjectNode directories = json.putObject("layers");
		this.layers.forEach((id, layer) -> {
			ObjectNode node = directories.putObject(id.toString())
				.put("size", layer.size)
				.put("unsettled", layer.unsettled);
			addAll(node.putArray("blobs"), layer.blobs);
			addAll(node.putArray("labels"), layer.labels);
			addAll(node.putArray("kept"), layer.kept);
			node.put("seal", layer.seal.quick()).put("thoroughSeal", layer.seal.thorough());
		});
		ObjectNode origins = json.putObject("parents");
		this.parents.forEach((id, parent) -> origins.put(id.toString(), parent.toString()));
		if (this.builtIn != null) {
			json.putObject("builtIn")
				.put("program", this.builtIn.program.toString())
				.put("image", this.builtIn.image.toString());
		}
		DurableFile.replace(file, Json.MAPPER.writeValueAsBytes(json));
	}

	private static void addAll(ArrayNode array, List<String> texts) {
		texts.forEach(array::add);
	}

	/** All blobs that this index needs: configurations, manifests, compressed layers. */
	Set<Digest> blobs() {
		Set<Digest> blobs = new HashSet<>(this.images.keySet());
		this.images.values()
			.stream()
			.flatMap((image) -> Arrays.asList(image.manifest, image.proof).stream())
			.filter(Objects::nonNull)
			.forEach(blobs::add);
		this.layers.values().forEach((layer) -> layer.kept.forEach((hex) -> blobs.add(Digest.sha256(hex))));
		return blobs;
	}

	/** The image's names, sorted. */
	List<ImageReference> namesOf(Digest image) {
		return this.references.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().equals(image))
			.map(Map.Entry::getKey)
			.toList();
	}

	/** The layer that was once verified under this digest, or seen under this label. */
	@Nullable Digest layerCalled(LayerName name) {
		Digest same = Digest.sha256(name.hex());
		if (this.layers.containsKey(same)) {
			return same;
		}
		return this.layers.entrySet()
			.stream()
			.filter((entry) -> (name.address() ? entry.getValue().blobs : entry.getValue().labels).contains(name.hex()))
			.map(Map.Entry::getKey)
			.findFirst()
			.orElse(null);
	}

	/**
	 * An image of the index; all else about it is in its configuration.
	 *
	 * @param retired removed by force while containers used it: kept for those, and shown
	 * to nobody
	 * @param manifest the digest of the manifest that it came with, or null
	 * @param proof the digest of a proof of its origin, or null
	 */
	record StoredImage(boolean retired, @Nullable Digest manifest, @Nullable Digest proof) {

		/** Comes again: it is shown, and the manifest that came last counts. */
		static StoredImage shown(StoredImage before, StoredImage now) {
			return new StoredImage(false, (now.manifest != null) ? now.manifest : before.manifest,
					(now.proof != null) ? now.proof : before.proof);
		}

		StoredImage retire() {
			return new StoredImage(true, this.manifest, this.proof);
		}

	}

	/**
	 * A layer of the index.
	 *
	 * @param size bytes of its files
	 * @param unsettled the boot during which it was unpacked, until its files are known
	 * to be on disk; then empty
	 * @param blobs hex digests of compressed forms in which it was seen
	 * @param labels hex names by which archives called it
	 * @param kept hex digests of compressed forms that are among the blobs
	 * @param seal by which a change of its files shows, none until it is settled
	 */
	record KnownLayer(long size, String unsettled, List<String> blobs, List<String> labels, List<String> kept,
			LayerStore.Seal seal) {

		/**
		 * The same layer turns up in few forms; a hostile archive could invent any
		 * number.
		 */
		private static final int MOST = 16;

		/** Each of them takes space. */
		private static final int MOST_KEPT = 2;

		KnownLayer {
			blobs = List.copyOf(blobs);
			labels = List.copyOf(labels);
			kept = List.copyOf(kept);
		}

		KnownLayer(long size, String unsettled) {
			this(size, unsettled, List.of(), List.of(), List.of(), LayerStore.Seal.NONE);
		}

		KnownLayer withBlob(String hex) {
			return new KnownLayer(this.size, this.unsettled, with(this.blobs, hex, MOST), this.labels, this.kept,
					this.seal);
		}

		KnownLayer withLabel(String hex) {
			return new KnownLayer(this.size, this.unsettled, this.blobs, with(this.labels, hex, MOST), this.kept,
					this.seal);
		}

		KnownLayer withoutLabel(String hex) {
			return new KnownLayer(this.size, this.unsettled, this.blobs,
					this.labels.stream().filter((label) -> !label.equals(hex)).toList(), this.kept, this.seal);
		}

		KnownLayer settled(LayerStore.Seal newSeal) {
			return new KnownLayer(this.size, "", this.blobs, this.labels, this.kept, newSeal);
		}

		KnownLayer withKept(String hex) {
			return new KnownLayer(this.size, this.unsettled, this.blobs, this.labels, with(this.kept, hex, MOST_KEPT),
					this.seal);
		}

		private static List<String> with(List<String> list, String hex, int most) {
			if (list.contains(hex)) {
				return list;
			}
			List<String> longer = new ArrayList<>(list);
			longer.add(hex);
			return (longer.size() > most) ? longer.subList(1, longer.size()) : longer;
		}

	}

	/**
	 * What was made of the program that this version of Caisson brings along.
	 *
	 * @param program its digest
	 * @param image the image's id, whether it is still there or not
	 */
	record BuiltIn(Digest program, Digest image) {

	}

}
