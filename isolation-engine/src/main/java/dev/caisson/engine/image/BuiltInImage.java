package dev.caisson.engine.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code caisson/hello}, so that a first container runs where no registry is in reach: a
 * greeting's program and nothing else, made into an archive and loaded like any other.
 */
final class BuiltInImage {

	static final String NAME = "caisson/hello:latest";

	private static final String PROGRAM = "hello";

	/** The same bytes in make the same image out: no clock in it. */
	private static final String CREATED = "2026-01-01T00:00:00Z";

	private final Platform platform;

	BuiltInImage(Platform platform) {
		this.platform = platform;
	}

	/**
	 * Loads the image, unless this version's was made before: whoever removed it does not
	 * want it. A newer version's takes the name only where the older one still has it.
	 */
	void provide(ImageStore store) {
		try {
			byte[] program = program();
			Digest digest = Digest.ofBytes(program);
			ImageIndex.BuiltIn before = store.catalog().index().builtIn;
			ImageReference name = ImageReference.parse(NAME);
			boolean wanted = before == null || before.image().equals(store.catalog().index().references.get(name));
			if ((before != null && before.program().equals(digest)) || !wanted) {
				return;
			}
			Image image = store.load(new ByteArrayInputStream(archive(program)), (event) -> {
			}).getFirst();
			store.catalog().change((next) -> {
				next.builtIn = new ImageIndex.BuiltIn(digest, image.id());
				forgetOlder(next, before);
			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What only had the name that the newer image has now; containers may still use it.
	 */
	private static void forgetOlder(ImageIndex next, ImageIndex.BuiltIn before) {
		if (before != null && next.namesOf(before.image()).isEmpty() && next.images.containsKey(before.image())) {
			next.images.put(before.image(), new ImageIndex.StoredImage(true, null, null));
		}
	}

	private static byte[] program() throws IOException {
		try (InputStream in = BuiltInImage.class.getResourceAsStream(PROGRAM)) {
			if (in == null) {
				throw new IOException("the program of " + NAME + " was not built: run the Maven build");
			}
			return in.readAllBytes();
		}
	}

	private byte[] archive(byte[] program) throws IOException {
		byte[] layer = tar(PROGRAM, program, 0755);
		byte[] config = config(Digest.ofBytes(layer)).toString().getBytes(StandardCharsets.UTF_8);
		ObjectNode manifest = Json.MAPPER.createObjectNode().put("Config", "config.json");
		manifest.putArray("RepoTags").add(NAME);
		manifest.putArray("Layers").add("layer.tar");
		String manifests = Json.MAPPER.createArrayNode().add(manifest).toString();
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
			put(tar, "layer.tar", layer, 0644);
			put(tar, "config.json", config, 0644);
			put(tar, "manifest.json", manifests.getBytes(StandardCharsets.UTF_8), 0644);
		}
		return out.toByteArray();
	}

	private ObjectNode config(Digest diffId) {
		ObjectNode config = Json.MAPPER.createObjectNode()
			.put("architecture", this.platform.architecture())
			.put("os", this.platform.os())
			.put("created", CREATED)
			.put("author", "Caisson");
		ObjectNode run = config.putObject("config");
		run.putArray("Env").add("PATH=/");
		run.putArray("Cmd").add("/" + PROGRAM);
		run.put("WorkingDir", "/");
		run.putObject("Labels").put("org.opencontainers.image.title", "caisson/hello");
		config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(diffId.toString());
		config.putArray("history")
			.addObject()
			.put("created", CREATED)
			.put("created_by", "caisson: a greeting, written without libc");
		return config;
	}

	private static byte[] tar(String name, byte[] content, int mode) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
			put(tar, name, content, mode);
		}
		return out.toByteArray();
	}

	private static void put(TarArchiveOutputStream tar, String name, byte[] content, int mode) throws IOException {
		TarArchiveEntry entry = new TarArchiveEntry(name);
		entry.setSize(content.length);
		entry.setMode(mode);
		entry.setModTime(0);
		tar.putArchiveEntry(entry);
		tar.write(content);
		tar.closeArchiveEntry();
	}

}
