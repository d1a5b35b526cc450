package dev.caisson.engine.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A manifest, as registries serve it: Docker's schema 2 and the OCI image specification
 * say the same in all that matters here.
 */
public sealed interface Manifest {

	/** More would be no manifest: registries take 4 MiB at most. */
	int MAX_BYTES = 4 << 20;

	/** Media types, the plainest first. */
	String DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json",
			DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json",
			OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json",
			OCI_INDEX = "application/vnd.oci.image.index.v1+json";

	/**
	 * One image.
	 *
	 * @param mediaType of the manifest
	 * @param config its configuration
	 * @param layers lowest first
	 */
	record Single(String mediaType, Descriptor config, List<Descriptor> layers) implements Manifest {

		public Single {
			layers = List.copyOf(layers);
		}

		/** Bytes of all that has to be fetched, as declared. */
		public long size() {
			return this.layers.stream().mapToLong(Descriptor::size).reduce(this.config.size(), Math::addExact);
		}

	}

	/**
	 * Images of one name for several platforms.
	 *
	 * @param mediaType of the index
	 * @param manifests in order of preference, attestations left out
	 */
	record Index(String mediaType, List<Descriptor> manifests) implements Manifest {

		public Index {
			manifests = List.copyOf(manifests);
		}

	}

	String mediaType();

	/**
	 * Reads a manifest.
	 * @param declared the media type under which it was served, or empty
	 * @throws InvalidImageException if it is malformed or of a kind that is not known
	 */
	static Manifest parse(byte[] bytes, String declared) {
		Json json = Json.parse(bytes, "manifest");
		Integer version = json.get("schemaVersion").integer();
		if (version == null || version != 2) {
			throw new InvalidImageException("manifest: schema version " + version
					+ " is not supported: push the image again with a current client");
		}
		String own = json.get("mediaType").text();
		String type = own.isEmpty() ? declared : own;
		if (!json.get("manifests").isNull()) {
			return index(json, type.isEmpty() ? OCI_INDEX : type);
		}
		if (json.get("config").isNull()) {
			throw new InvalidImageException("manifest: neither an image nor an index of images");
		}
		return new Single(type.isEmpty() ? OCI_IMAGE : type, Descriptor.of(json.get("config")),
				json.get("layers").elements().stream().map(Descriptor::of).toList());
	}

	private static Index index(Json json, String type) {
		List<Descriptor> manifests = new ArrayList<>();
		for (Json each : json.get("manifests").elements()) {
			if (each.get("annotations").get("vnd.docker.reference.type").isNull()) {
				manifests.add(Descriptor.of(each));
			}
		}
		return new Index(type, manifests);
	}

}
