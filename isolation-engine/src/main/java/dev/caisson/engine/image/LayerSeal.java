package dev.caisson.engine.image;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.FastSha256;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;

/**
 * A digest of what a directory's files look like. The quick one reads no content: who
 * changes a file moves its change time, which no system call sets. So a seal that holds
 * proves, as far as the clock and the disk can be trusted, that nothing was changed. If
 * it is broken, the thorough one tells whether anything but the contents was: it has all
 * that a copy of the directory has as well. For one thread.
 */
final class LayerSeal implements AutoCloseable {

	private static final Comparator<FileTree.Entry> BY_NAME = (one, other) -> Arrays.compare(one.name(), other.name());

	private final boolean thorough;

	private final FileTree files = new FileTree();

	private final MessageDigest digest = FastSha256.create();

	private final ByteBuffer record = ByteBuffer.allocate(64);

	LayerSeal(boolean thorough) {
		this.thorough = thorough;
	}

	Digest of(Fd parent, byte[] name) {
		long opened = this.files.tryDirectory(parent, name, Fd.RESOLVE_BENEATH | Fd.RESOLVE_NO_SYMLINKS);
		if (opened != -Errno.ENOENT.number()) {
			FileTree.check("open", name, opened);
			try (Fd layer = new Fd(opened, "layer")) {
				visit(layer);
			}
		}
		return Digest.of(this.digest.digest());
	}

	private void visit(Fd directory) {
		try (Fd listing = this.files.directoryForReading(directory, new byte[] { '.' })) {
			for (FileTree.Entry entry : this.files.list(listing).stream().sorted(BY_NAME).toList()) {
				FileStatus status = this.files.status(directory, entry.name());
				if (status != null) {
					add(directory, entry.name(), status);
				}
			}
		}
	}

	private void add(Fd directory, byte[] name, FileStatus status) {
		this.record.clear()
			.putInt(name.length)
			.putInt(status.mode())
			.putInt(status.uid())
			.putInt(status.gid())
			.putLong(status.isFile() ? status.size() : 0)
			.putInt(status.deviceMajor())
			.putInt(status.deviceMinor());
		if (!this.thorough) {
			this.record.putLong(status.inode()).putLong(status.changedSeconds()).putInt(status.changedNanos());
		}
		this.digest.update(this.record.array(), 0, this.record.position());
		this.digest.update(name);
		if (this.thorough) {
			addRest(directory, name, status);
		}
		if (status.isDirectory()) {
			try (Fd below = this.files.directory(directory, name, Fd.RESOLVE_BENEATH)) {
				visit(below);
			}
			// or a file could move from here to above unnoticed
			this.digest.update((byte) 0);
		}
	}

	private void addRest(Fd directory, byte[] name, FileStatus status) {
		if (status.type() == FileStatus.S_IFLNK) {
			this.digest.update(this.files.linkTarget(directory, name));
		}
		for (byte[] key : this.files.attributeNames(directory, name).stream().sorted(Arrays::compare).toList()) {
			this.digest.update(key);
			byte[] value = this.files.attribute(directory, name, key);
			this.digest.update((value != null) ? value : new byte[0]);
		}
	}

	@Override
	public void close() {
		this.files.close();
	}

}
