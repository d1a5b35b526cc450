package dev.caisson.engine.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The smallest useful image, made from the machine's static busybox (Debian's
 * busybox-static): as a root directory, as a layer, and as the file that
 * {@code docker save busybox:latest} would write.
 */
public final class BusyboxRoot {

	private static final Path BUSYBOX = Path.of("/bin/busybox");

	private static final List<String> DIRECTORIES = List.of("bin", "dev", "etc", "home", "proc", "root", "sys", "tmp",
			"usr", "var");

	private static final String PASSWD = """
			root:x:0:0:root:/root:/bin/sh
			daemon:x:1:1:daemon:/usr/sbin:/bin/false
			www-data:x:33:33:www-data:/var/www:/bin/false
			app:x:1000:1000:app:/home/app:/bin/sh
			nobody:x:65534:65534:nobody:/home:/bin/false
			""";

	private static final String GROUP = """
			root:x:0:
			daemon:x:1:
			audio:x:29:app
			www-data:x:33:
			app:x:1000:
			nogroup:x:65534:
			""";

	private BusyboxRoot() {
	}

	/** Fills a directory, made if missing, as the root of a container. */
	public static Path directory(Path root) throws IOException {
		for (String name : DIRECTORIES) {
			Files.createDirectories(root.resolve(name));
		}
		Files.setPosixFilePermissions(root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
		Files.write(root.resolve("bin/busybox"), binary());
		Files.setPosixFilePermissions(root.resolve("bin/busybox"), PosixFilePermissions.fromString("rwxr-xr-x"));
		for (String applet : applets()) {
			Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
		}
		Files.writeString(root.resolve("etc/passwd"), PASSWD);
		Files.writeString(root.resolve("etc/group"), GROUP);
		return root;
	}

	/** The same as an uncompressed layer. */
	public static byte[] layer() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
			for (String name : DIRECTORIES) {
				addDirectory(tar, name, name.equals("tmp") ? 01777 : 0755);
			}
			addFile(tar, "bin/busybox", 0755, binary());
			for (String applet : applets()) {
				TarArchiveEntry link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
				link.setLinkName("busybox");
				tar.putArchiveEntry(link);
				tar.closeArchiveEntry();
			}
			addFile(tar, "etc/passwd", 0644, PASSWD.getBytes(StandardCharsets.UTF_8));
			addFile(tar, "etc/group", 0644, GROUP.getBytes(StandardCharsets.UTF_8));
		}
		return bytes.toByteArray();
	}

	/** Writes a docker-archive with one image, {@code busybox:latest}. */
	public static Path archive(Path file) throws IOException {
		try (OutputStream out = Files.newOutputStream(file)) {
			archive(out, "busybox:latest", layer());
		}
		return file;
	}

	/** Writes a docker-archive with one image of one layer. */
	public static void archive(OutputStream out, String reference, byte[] layer) throws IOException {
		byte[] config = config(layer).getBytes(StandardCharsets.UTF_8);
		String name = sha256(config) + ".json";
		String manifest = """
				[{"Config":"%s","RepoTags":["%s"],"Layers":["layer.tar"]}]
				""".formatted(name, reference);
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
			addFile(tar, name, 0644, config);
			addFile(tar, "layer.tar", 0644, layer);
			addFile(tar, "manifest.json", 0644, manifest.getBytes(StandardCharsets.UTF_8));
		}
	}

	private static String config(byte[] layer) {
		String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
		return """
				{"architecture":"%s","os":"linux","created":"2026-01-01T00:00:00Z",\
				"config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["sh"]},\
				"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},\
				"history":[{"created":"2026-01-01T00:00:00Z","created_by":"busybox-static"}]}""".formatted(architecture,
				sha256(layer));
	}

	private static byte[] binary() throws IOException {
		if (!Files.isExecutable(BUSYBOX)) {
			throw new IOException(BUSYBOX + " is missing: apt-get install busybox-static");
		}
		return Files.readAllBytes(BUSYBOX);
	}

	private static List<String> applets() throws IOException {
		Process process = new ProcessBuilder(BUSYBOX.toString(), "--list").redirectErrorStream(true).start();
		try (var lines = process.inputReader()) {
			return lines.lines().filter((applet) -> !applet.equals("busybox")).toList();
		}
	}

	private static void addDirectory(TarArchiveOutputStream tar, String name, int mode) throws IOException {
		TarArchiveEntry entry = new TarArchiveEntry(name + "/");
		entry.setMode(mode);
		tar.putArchiveEntry(entry);
		tar.closeArchiveEntry();
	}

	private static void addFile(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
		TarArchiveEntry entry = new TarArchiveEntry(name);
		entry.setMode(mode);
		entry.setSize(content.length);
		tar.putArchiveEntry(entry);
		tar.write(content);
		tar.closeArchiveEntry();
	}

	private static String sha256(byte[] content) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

}
