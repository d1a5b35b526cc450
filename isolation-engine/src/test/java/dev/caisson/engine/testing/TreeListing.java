package dev.caisson.engine.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;

/**
 * Everything that rsync -aHAX --checksum would compare of the files below a directory:
 * one line for each, sorted by name, so that two trees can be compared as texts.
 */
public final class TreeListing {

	private final FileTree files;

	private final Map<Long, String> linked = new HashMap<>();

	private final List<String> lines = new ArrayList<>();

	private TreeListing(FileTree files) {
		this.files = files;
	}

	/** The lines; without that of the directory itself. */
	public static List<String> of(Path directory) {
		try (FileTree files = new FileTree(); Fd root = Fd.open(directory, Fd.O_PATH | Fd.O_DIRECTORY)) {
			TreeListing listing = new TreeListing(files);
			listing.list(root, ".", "");
			return listing.lines.stream().sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void list(Fd parent, String directory, String prefix) throws IOException {
		try (Fd open = this.files.directoryForReading(parent, bytes(directory))) {
			for (FileTree.Entry entry : this.files.list(open)) {
				String name = new String(entry.name(), StandardCharsets.ISO_8859_1);
				FileStatus status = Objects.requireNonNull(this.files.status(open, entry.name()));
				this.lines.add(describe(open, entry.name(), prefix + name, status));
				if (status.isDirectory()) {
					list(open, name, prefix + name + "/");
				}
			}
		}
	}

	private String describe(Fd parent, byte[] name, String path, FileStatus status) throws IOException {
		String line = "%s %o %d:%d %d.%09d".formatted(path, status.mode(), status.uid(), status.gid(),
				status.modifiedSeconds(), status.modifiedNanos());
		String first = status.isDirectory() ? path : this.linked.putIfAbsent(status.inode(), path);
		line += (first != null && !first.equals(path)) ? " same as " + first : "";
		line += switch (status.type()) {
			case FileStatus.S_IFLNK ->
				" -> " + new String(this.files.linkTarget(parent, name), StandardCharsets.ISO_8859_1);
			case FileStatus.S_IFREG -> " " + status.size() + " " + content(parent, name);
			case FileStatus.S_IFCHR, FileStatus.S_IFBLK -> " " + status.deviceMajor() + ":" + status.deviceMinor();
			default -> "";
		};
		return line + attributes(parent, name);
	}

	private String attributes(Fd parent, byte[] name) {
		TreeSet<String> all = new TreeSet<>();
		for (byte[] key : this.files.attributeNames(parent, name)) {
			all.add(" " + new String(key, StandardCharsets.ISO_8859_1) + "="
					+ HexFormat.of().formatHex(Objects.requireNonNull(this.files.attribute(parent, name, key))));
		}
		return String.join("", all);
	}

	private String content(Fd parent, byte[] name) throws IOException {
		try (Fd place = this.files.place(parent, name); Fd file = this.files.open(place, Fd.O_RDONLY)) {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			byte[] buffer = new byte[64 * 1024];
			for (int count = this.files.read(file, buffer, buffer.length); count > 0; count = this.files.read(file,
					buffer, buffer.length)) {
				digest.update(buffer, 0, count);
			}
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IOException(ex);
		}
	}

	private static byte[] bytes(String name) {
		return name.getBytes(StandardCharsets.ISO_8859_1);
	}

}
