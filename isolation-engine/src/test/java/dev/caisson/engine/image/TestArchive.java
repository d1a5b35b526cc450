package dev.caisson.engine.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

import com.github.luben.zstd.Zstd;

/** Archives of images, made in memory from layers. */
final class TestArchive {

	private final RawTar tar = new RawTar();

	private final List<String> manifests = new ArrayList<>();

	/** A configuration of these layers. */
	static String config(byte[]... layers) {
		return configFor(Platform.host(), Arrays.stream(layers).map(Digest::ofBytes).toList());
	}

	static String configFor(Platform platform, List<Digest> diffIds) {
		String quoted = diffIds.stream().map((id) -> "\"" + id + "\"").collect(Collectors.joining(","));
		return """
				{"architecture":"%s","os":"%s","created":"2024-05-06T07:08:09.123456789Z","author":"somebody",\
				"config":{"Cmd":["sh"],"Env":["A=1"]},"rootfs":{"type":"layers","diff_ids":[%s]},\
				"history":[{"created":"2024-05-06T07:08:09Z","created_by":"test"}]}"""
			.formatted(platform.architecture(), platform.os(), quoted);
	}

	/** A docker-archive of one image. */
	static byte[] docker(String tag, byte[]... layers) {
		return new TestArchive().addImage(tag, layers).bytes();
	}

	/** An image whose layers are named by their digests. */
	TestArchive addImage(String tag, byte[]... layers) {
		List<String> names = new ArrayList<>();
		for (byte[] layer : layers) {
			String name = Digest.ofBytes(layer).hex() + "/layer.tar";
			this.tar.file(name, layer);
			names.add(name);
		}
		return addImage(tag, config(layers), names);
	}

	/** An image of layers that were, or will be, added. */
	TestArchive addImage(String tag, String config, List<String> layers) {
		String name = Digest.ofBytes(utf8(config)).hex() + ".json";
		this.tar.file(name, utf8(config));
		String tags = tag.isEmpty() ? "null" : "[\"" + tag + "\"]";
		String quoted = layers.stream().map((layer) -> "\"" + layer + "\"").collect(Collectors.joining(","));
		this.manifests.add("{\"Config\":\"%s\",\"RepoTags\":%s,\"Layers\":[%s]}".formatted(name, tags, quoted));
		return this;
	}

	TestArchive addFile(String name, byte[] content) {
		this.tar.file(name, content);
		return this;
	}

	TestArchive addSymlink(String name, String target) {
		this.tar.symlink(name, target);
		return this;
	}

	/** A blob of an OCI layout; answers its descriptor. */
	String addBlob(String mediaType, byte[] content) {
		Digest digest = Digest.ofBytes(content);
		this.tar.file("blobs/sha256/" + digest.hex(), content);
		return descriptor(mediaType, digest, content.length);
	}

	static String descriptor(String mediaType, Digest digest, long size) {
		return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"%s\",\"size\":%d}".formatted(mediaType,
				digest, size);
	}

	/** An image of an OCI layout; answers the descriptor of its manifest. */
	String addOciImage(String config, byte[]... storedLayers) {
		String configDescriptor = addBlob("config.v1+json", utf8(config));
		String layers = Arrays.stream(storedLayers)
			.map((layer) -> addBlob("layer.v1.tar", layer))
			.collect(Collectors.joining(","));
		return addBlob("manifest.v1+json",
				utf8("{\"schemaVersion\":2,\"config\":" + configDescriptor + ",\"layers\":[" + layers + "]}"));
	}

	TestArchive addOciIndex(String... descriptors) {
		this.tar.file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
		this.tar.file("index.json", utf8(index(descriptors)));
		return this;
	}

	static String index(String... descriptors) {
		return "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", descriptors) + "]}";
	}

	/** A descriptor with one more field. */
	static String with(String descriptor, String field) {
		return descriptor.substring(0, descriptor.length() - 1) + "," + field + "}";
	}

	byte[] bytes() {
		if (!this.manifests.isEmpty()) {
			this.tar.file("manifest.json", utf8("[" + String.join(",", this.manifests) + "]"));
		}
		return this.tar.bytes();
	}

	static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static byte[] gzip(byte[] bytes) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (OutputStream gzip = new GZIPOutputStream(out)) {
			gzip.write(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return out.toByteArray();
	}

	static byte[] zstd(byte[] bytes) {
		return Zstd.compress(bytes);
	}

}
