package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.tar.FileAttributes;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarFeed;
import dev.caisson.engine.tar.TarReader;
import dev.caisson.engine.tar.TarWriter;
import dev.caisson.engine.tar.TreePacker;
import dev.caisson.engine.tar.TreeUnpacker;
import dev.caisson.engine.tar.UnpackOptions;

/** Copies a directory of an image into a volume that shall appear in its place. */
final class CopyUp {

	private static final int MOST_HEADER_BYTES = 1 << 20;

	private static final byte[] HERE = TarEntry.bytes(".");

	private CopyUp() {
	}

	/**
	 * Copies what is in the directory, and what it is like itself.
	 * @param root of the image
	 * @return whether there is such a directory
	 */
	static boolean copy(Fd root, String path, Path volume) throws IOException {
		try (FileTree files = new FileTree()) {
			long found = files.tryDirectory(root, path.getBytes(StandardCharsets.UTF_8),
					Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS);
			if (found == -Errno.ENOENT.number() || found == -Errno.ENOTDIR.number()) {
				return false;
			}
			FileTree.check("open", TarEntry.bytes(path), found);
			try (Fd from = new Fd(found, path); Fd to = Fd.open(volume, Fd.O_PATH | Fd.O_DIRECTORY)) {
				copyContents(from, to);
				copyAttributes(files, from, to);
				return true;
			}
		}
	}

	private static void copyContents(Fd from, Fd to) throws IOException {
		try (TarFeed feed = new TarFeed((out) -> {
			try (TarWriter tar = new TarWriter(out); TreePacker packer = new TreePacker(tar, TreePacker.Form.PLAIN)) {
				packer.packContents(from, "");
			}
		}); TreeUnpacker unpacker = new TreeUnpacker(to, "", UnpackOptions.PLAIN)) {
			unpacker.unpack(new TarReader(feed.stream(), MOST_HEADER_BYTES));
			feed.finish();
		}
	}

	private static void copyAttributes(FileTree files, Fd from, Fd to) {
		FileStatus status = files.status(from, HERE);
		if (status == null) {
			throw new LinuxException("stat", from.name(), Errno.ENOENT);
		}
		files.owner(to, HERE, status.uid(), status.gid());
		files.permissions(to, HERE, status.permissions());
		for (byte[] key : files.attributeNames(from, HERE)) {
			byte[] value = FileAttributes.isPortable(TarEntry.text(key)) ? files.attribute(from, HERE, key) : null;
			if (value != null) {
				files.trySetAttribute(to, HERE, key, value);
			}
		}
		files.modified(to, HERE, status.modifiedSeconds(), status.modifiedNanos());
	}

}
