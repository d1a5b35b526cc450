package dev.caisson.platform.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.json.JsonMapper;

/** Archives as {@code docker save} makes them, of one layer with one file. */
public final class ImageArchive {

	private static final JsonMapper JSON = new JsonMapper();

	private ImageArchive() {
	}

	/**
	 * Makes an archive of one image.
	 * @param name with its tag
	 * @param content of the file {@code /file}, so that images differ
	 * @param config the {@code config} part
	 */
	public static byte[] of(String name, String created, String content, Map<String, ?> config) throws IOException {
		byte[] layer = tar(Map.of("file", content.getBytes(StandardCharsets.UTF_8)));
		byte[] configuration = JSON
			.writeValueAsBytes(Map.of("architecture", architecture(), "os", "linux", "created", created, "config",
					config, "rootfs", Map.of("type", "layers", "diff_ids", List.of("sha256:" + hex(layer))), "history",
					List.of(Map.of("created", created, "created_by", "COPY file /"),
							Map.of("created", created, "created_by", "CMD [\"/file\"]", "empty_layer", true))));
		byte[] manifest = JSON.writeValueAsBytes(
				List.of(Map.of("Config", "config.json", "RepoTags", List.of(name), "Layers", List.of("layer.tar"))));
		return tar(Map.of("config.json", configuration, "layer.tar", layer, "manifest.json", manifest));
	}

	private static String architecture() {
		return "aarch64".equals(System.getProperty("os.arch")) ? "arm64" : "amd64";
	}

	private static byte[] tar(Map<String, byte[]> files) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
			for (Map.Entry<String, byte[]> file : files.entrySet()) {
				TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
				entry.setSize(file.getValue().length);
				entry.setModTime(0);
				tar.putArchiveEntry(entry);
				tar.write(file.getValue());
				tar.closeArchiveEntry();
			}
		}
		return bytes.toByteArray();
	}

	private static String hex(byte[] bytes) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
