package dev.caisson.engine.image;

import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.tar.TarEntry;

/**
 * An image configuration, read: Docker's "image spec v1.2" and the OCI image
 * configuration, which are alike in all that matters here.
 *
 * @param id the digest of its bytes
 * @param raw its bytes
 * @param created when the image was built, or null
 * @param architecture in Go's words
 * @param variant of the architecture, or empty
 * @param os {@code linux}
 * @param author or empty
 * @param comment or empty
 * @param config how containers run
 * @param history how it was built
 * @param diffIds of the layers, lowest first
 */
record ConfigDocument(Digest id, RawConfig raw, @Nullable Instant created, String architecture, String variant,
		String os, String author, String comment, ImageConfig config, List<Image.History> history,
		List<Digest> diffIds) {

	/** What overlayfs stacks at most (OVL_MAX_STACK in fs/overlayfs/params.h). */
	private static final int MAX_LAYERS = 500;

	static ConfigDocument parse(byte[] bytes) {
		Json json = Json.parse(bytes, "image configuration");
		if (json.isNull() || json.get("rootfs").isNull()) {
			throw new InvalidImageException("image configuration: no rootfs in it");
		}
		List<Digest> diffIds = json.get("rootfs").get("diff_ids").elements().stream().map(Json::digest).toList();
		if (diffIds.size() > MAX_LAYERS) {
			throw new InvalidImageException("image configuration: more than " + MAX_LAYERS + " layers");
		}
		return new ConfigDocument(Digest.ofBytes(bytes), new RawConfig(bytes), json.get("created").time(),
				json.get("architecture").text(), json.get("variant").text(), json.get("os").text(),
				json.get("author").text(), json.get("comment").text(), config(json.get("config")),
				json.get("history").elements().stream().map(ConfigDocument::history).toList(), diffIds);
	}

	private static ImageConfig config(Json json) {
		Map<String, String> labels = new LinkedHashMap<>();
		json.get("Labels").fields().forEach((name, value) -> labels.put(name, value.text()));
		Json healthcheck = json.get("Healthcheck");
		return new ImageConfig(json.get("Entrypoint").command(), json.get("Cmd").command(), json.get("Env").texts(),
				json.get("User").text(), json.get("WorkingDir").text(), json.get("ExposedPorts").fields().keySet(),
				json.get("Volumes").fields().keySet(), labels, json.get("StopSignal").text(),
				json.get("StopTimeout").integer(), healthcheck.isNull() ? null : healthcheck.node().toString(),
				json.get("Shell").command(), json.get("OnBuild").texts());
	}

	private static Image.History history(Json json) {
		return new Image.History(json.get("created").time(), json.get("created_by").text(), json.get("author").text(),
				json.get("comment").text(), json.get("empty_layer").flag());
	}

	/** The image, with what the store knows about it. */
	Image toImage(List<ImageReference> tags, List<ImageReference> digests, long size) {
		return new Image(this.id, tags, digests, this.created, this.architecture, this.variant, this.os, this.author,
				this.comment, size, this.config, this.history, this.diffIds, this.raw);
	}

	/** For each layer the digest of it and all below it, lowest first (OCI "ChainID"). */
	List<Digest> chainIds() {
		Digest[] chain = new Digest[this.diffIds.size()];
		for (int i = 0; i < chain.length; i++) {
			Digest diffId = this.diffIds.get(i);
			chain[i] = (i == 0) ? diffId : Digest.ofBytes(TarEntry.bytes(chain[i - 1] + " " + diffId));
		}
		return List.of(chain);
	}

	/**
	 * The layers, without those that a higher equal one covers: overlayfs takes none
	 * twice.
	 */
	List<Digest> distinctLayers() {
		Set<Digest> above = new HashSet<>();
		return this.diffIds.reversed().stream().filter(above::add).toList().reversed();
	}

}
