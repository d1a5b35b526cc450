package dev.caisson.engine.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.caisson.engine.tar.TarEntry;

/**
 * Finds the images in what an archive holds, by the documents in it:
 * {@code manifest.json} of the docker-archive form, else {@code index.json} of the OCI
 * image layout. An archive with both, as docker writes since version 25, describes the
 * same images twice; the former has all their names. Verifies that every part has the
 * digest it is asked for by.
 */
final class ArchiveImages {

	private static final String DOCKER_MANIFEST = "manifest.json";

	private static final String OCI_INDEX = "index.json";

	/** Names that containerd and docker write, and that others do. */
	private static final String FULL_NAME = "io.containerd.image.name", REF_NAME = "org.opencontainers.image.ref.name";

	private static final Pattern CONFIG_NAME = Pattern.compile("(?:blobs/sha256/|sha256:)?([0-9a-f]{64})(?:\\.json)?");

	/** An index in an index is usual for images of many platforms; more is not. */
	private static final int MAX_DEPTH = 4;

	private final ArchiveContents contents;

	private final Platform host;

	private ArchiveImages(ArchiveContents contents, Platform host) {
		this.contents = contents;
		this.host = host;
	}

	/**
	 * The images for this platform.
	 * @throws InvalidImageException if there is none, or one is not whole
	 */
	static List<ArchivedImage> find(ArchiveContents contents, Platform host) {
		ArchiveImages archive = new ArchiveImages(contents, host);
		if (contents.hasDocument(DOCKER_MANIFEST)) {
			return archive.dockerImages();
		}
		if (contents.hasDocument(OCI_INDEX)) {
			return archive.ociImages();
		}
		throw new InvalidImageException("archive: neither " + DOCKER_MANIFEST + " nor " + OCI_INDEX
				+ " is in it: this is no archive of images");
	}

	private List<ArchivedImage> dockerImages() {
		List<ArchivedImage> images = new ArrayList<>();
		for (Json manifest : Json.parse(this.contents.document(DOCKER_MANIFEST), DOCKER_MANIFEST).elements()) {
			ConfigDocument config = dockerConfig(manifest.get("Config").text());
			List<ArchivedLayer> layers = manifest.get("Layers").texts().stream().map(this.contents::layer).toList();
			List<ImageReference> names = manifest.get("RepoTags").texts().stream().map(ArchiveImages::tag).toList();
			images.add(verified(config, layers, names));
		}
		return images;
	}

	/** Writers name the file by its digest; one that does not, says nothing about it. */
	private ConfigDocument dockerConfig(String name) {
		ConfigDocument config = ConfigDocument.parse(this.contents.document(name));
		Matcher digest = CONFIG_NAME.matcher(name);
		if (digest.matches() && !digest.group(1).equals(config.id().hex())) {
			throw mismatch("configuration", Digest.sha256(digest.group(1)), config.id());
		}
		return config;
	}

	private static ImageReference tag(String name) {
		try {
			ImageReference reference = ImageReference.parse(name).withDefaultTag();
			return new ImageReference(reference.domain(), reference.path(), reference.tag(), null);
		}
		catch (InvalidReferenceException ex) {
			throw new InvalidImageException("archive: tag " + TarEntry.show(name) + ": " + ex.getMessage(), ex);
		}
	}

	private List<ArchivedImage> ociImages() {
		Map<Digest, ArchivedImage> images = new LinkedHashMap<>();
		List<Json> descriptors = Json.parse(this.contents.document(OCI_INDEX), OCI_INDEX)
			.get("manifests")
			.elements()
			.stream()
			.filter((descriptor) -> !isAttestation(descriptor))
			.toList();
		for (Json descriptor : descriptors) {
			// a layout of one image may be for another machine; among many, ours are
			// wanted
			if (descriptors.size() == 1 || runsHere(descriptor)) {
				ArchivedImage image = ociImage(descriptor, 0);
				images.merge(image.config().id(), image, ArchiveImages::withNamesOfBoth);
			}
		}
		if (images.isEmpty()) {
			throw new InvalidImageException("archive: no image for " + this.host + " in it");
		}
		return List.copyOf(images.values());
	}

	private static ArchivedImage withNamesOfBoth(ArchivedImage first, ArchivedImage second) {
		List<ImageReference> names = new ArrayList<>(first.names());
		names.addAll(second.names());
		return first.named(names.stream().distinct().toList());
	}

	private ArchivedImage ociImage(Json descriptor, int depth) {
		byte[] bytes = blob(descriptor);
		Json manifest = Json.parse(bytes, "manifest " + descriptor.get("digest").digest().shortForm());
		List<ImageReference> names = names(descriptor);
		ArchivedImage image;
		if (manifest.get("manifests").isNull()) {
			image = verified(manifest, bytes);
		}
		else {
			if (depth == MAX_DEPTH) {
				throw new InvalidImageException("archive: an index in an index, more than " + MAX_DEPTH + " deep");
			}
			image = ociImage(chosen(manifest.get("manifests").elements()), depth + 1);
		}
		return names.isEmpty() ? image : image.named(names);
	}

	/** Of an image's variants the one for this machine. */
	private Json chosen(List<Json> descriptors) {
		return descriptors.stream()
			.filter((descriptor) -> !isAttestation(descriptor) && runsHere(descriptor))
			.findFirst()
			.orElseThrow(() -> new InvalidImageException("archive: no image for " + this.host + " in it"));
	}

	private boolean runsHere(Json descriptor) {
		Json platform = descriptor.get("platform");
		return platform.isNull() || new Platform(platform.get("os").text(), platform.get("architecture").text(),
				platform.get("variant").text())
			.runsOn(this.host);
	}

	/** Statements about a build that BuildKit puts beside the image. */
	private static boolean isAttestation(Json descriptor) {
		return !descriptor.get("annotations").get("vnd.docker.reference.type").isNull();
	}

	private static List<ImageReference> names(Json descriptor) {
		Json annotations = descriptor.get("annotations");
		String full = annotations.get(FULL_NAME).text();
		String name = full.isEmpty() ? annotations.get(REF_NAME).text() : full;
		// the specification lets the latter be a bare tag, which is no image's name
		boolean usable = !full.isEmpty() || name.indexOf('/') >= 0 || name.indexOf(':') >= 0;
		return usable ? List.of(tag(name)) : List.of();
	}

	private ArchivedImage verified(Json manifest, byte[] bytes) {
		ConfigDocument config = ConfigDocument.parse(blob(manifest.get("config")));
		List<ArchivedLayer> layers = new ArrayList<>();
		for (Json descriptor : manifest.get("layers").elements()) {
			Digest digest = descriptor.get("digest").digest();
			ArchivedLayer layer = this.contents.layer(path(digest));
			if (layer instanceof ArchivedLayer.Unpacked unpacked && !unpacked.blob().equals(digest)) {
				throw mismatch("layer", digest, unpacked.blob());
			}
			layers.add(layer);
		}
		ArchivedImage image = verified(config, layers, List.of());
		return new ArchivedImage(config, image.layers(), List.of(), bytes);
	}

	private byte[] blob(Json descriptor) {
		Digest digest = descriptor.get("digest").digest();
		byte[] bytes = this.contents.document(path(digest));
		Digest actual = Digest.ofBytes(bytes);
		if (!actual.equals(digest)) {
			throw mismatch("blob", digest, actual);
		}
		return bytes;
	}

	private static String path(Digest digest) {
		return "blobs/" + digest.algorithm() + "/" + digest.hex();
	}

	/** Every layer has to be the one that the configuration names in its place. */
	private static ArchivedImage verified(ConfigDocument config, List<ArchivedLayer> layers,
			List<ImageReference> names) {
		List<Digest> wanted = config.diffIds();
		if (wanted.size() != layers.size()) {
			throw new InvalidImageException("archive: image " + config.id().shortForm() + " names " + wanted.size()
					+ " layers, but has " + layers.size());
		}
		for (int i = 0; i < layers.size(); i++) {
			verify(layers.get(i), wanted.get(i));
		}
		return new ArchivedImage(config, layers, names, null);
	}

	private static void verify(ArchivedLayer layer, Digest wanted) {
		switch (layer) {
			case ArchivedLayer.Unpacked unpacked -> {
				if (!unpacked.diffId().equals(wanted)) {
					throw mismatch("layer", wanted, unpacked.diffId());
				}
			}
			case ArchivedLayer.Known known -> {
				if (!known.diffId().equals(wanted)) {
					throw new MistakenLayerException(known, wanted);
				}
			}
			case ArchivedLayer.Unusable unusable -> throw new InvalidImageException(unusable.why());
		}
	}

	private static InvalidImageException mismatch(String what, Digest wanted, Digest actual) {
		return new InvalidImageException("archive: " + what + " is not " + wanted + " but " + actual);
	}

}
