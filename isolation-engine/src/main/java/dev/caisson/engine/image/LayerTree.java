package dev.caisson.engine.image;

import java.util.LinkedHashMap;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.tar.TarEntry;

/**
 * A layer's directory while it is filled: finds and makes the directories that entries go
 * into. Every path is resolved by the kernel beneath the layer's root; a symbolic link on
 * the way, which only odd archives have, is followed as if that root were {@code /}. The
 * directory is reachable by root alone, so nobody else can change it meanwhile.
 */
final class LayerTree implements AutoCloseable {

	private static final int BENEATH = Fd.RESOLVE_BENEATH | Fd.RESOLVE_NO_SYMLINKS | Fd.RESOLVE_NO_MAGICLINKS
			| Fd.RESOLVE_NO_XDEV;

	private static final int IN_ROOT = Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS | Fd.RESOLVE_NO_XDEV;

	private static final int OPEN_DIRECTORIES = 64;

	private static final int IMPLIED_MODE = 0755;

	static final byte[] OPAQUE = TarEntry.bytes("trusted.overlay.opaque");

	private final FileTree files;

	private final Fd root;

	/** Archives go directory by directory: the last few are asked for again and again. */
	private final LinkedHashMap<String, Fd> open = new LinkedHashMap<>(16, 0.75f, true);

	LayerTree(FileTree files, Fd root) {
		this.files = files;
		this.root = root;
	}

	/** The directory of this path, made with its parents if the archive did not. */
	Fd directory(String path) {
		if (path.isEmpty()) {
			return this.root;
		}
		Fd known = this.open.get(path);
		if (known != null) {
			return known;
		}
		long found = resolve(path);
		if (found == -Errno.ENOENT.number() || found == -Errno.ENOTDIR.number()) {
			imply(path);
			found = resolve(path);
		}
		FileTree.check("open directory", TarEntry.bytes(path), found);
		Fd directory = new Fd(found, TarEntry.show(path));
		remember(path, directory);
		return directory;
	}

	/** The directory of this path, or null if there is none. */
	@Nullable Fd existing(String path) {
		return (path.isEmpty() || resolves(path)) ? directory(path) : null;
	}

	private boolean resolves(String path) {
		if (this.open.containsKey(path)) {
			return true;
		}
		long found = resolve(path);
		if (found >= 0) {
			remember(path, new Fd(found, TarEntry.show(path)));
		}
		return found >= 0;
	}

	private long resolve(String path) {
		byte[] bytes = TarEntry.bytes(path);
		long found = this.files.tryDirectory(this.root, bytes, BENEATH);
		return (found == -Errno.ELOOP.number()) ? this.files.tryDirectory(this.root, bytes, IN_ROOT) : found;
	}

	/** Makes the directory, and first those above it, as Docker does: 0755, root's. */
	private void imply(String path) {
		int slash = path.lastIndexOf('/');
		Fd parent = directory((slash < 0) ? "" : path.substring(0, slash));
		byte[] name = TarEntry.bytes(path.substring(slash + 1));
		FileStatus there = this.files.status(parent, name);
		if (there != null && !there.isWhiteout()) {
			throw LayerPath.refused(path, "is used as a directory and is none");
		}
		makeDirectory(parent, name);
		this.files.owner(parent, name, 0, 0);
		this.files.permissions(parent, name, IMPLIED_MODE);
	}

	/**
	 * Makes a directory where there may be a file, which goes; one that replaces a
	 * whiteout hides what is below, so it becomes opaque. A directory that is there
	 * already stays.
	 */
	void makeDirectory(Fd parent, byte[] name) {
		long made = this.files.tryMakeDirectory(parent, name, 0700);
		if (made != -Errno.EEXIST.number()) {
			FileTree.check("make directory", name, made);
			return;
		}
		FileStatus there = this.files.status(parent, name);
		if (there != null && there.isDirectory()) {
			return;
		}
		remove(parent, name);
		FileTree.check("make directory", name, this.files.tryMakeDirectory(parent, name, 0700));
		if (there != null && there.isWhiteout()) {
			makeOpaque(parent, name);
		}
	}

	/** Hides what lower layers have in a directory of this layer. */
	void makeOpaque(Fd parent, byte[] name) {
		FileTree.check("make opaque", name, this.files.trySetAttribute(parent, name, OPAQUE, new byte[] { 'y' }));
	}

	/**
	 * Removes a name with all below it, if it is there. Of the directories handed out
	 * before, only the parent is still good afterwards.
	 */
	void remove(Fd parent, byte[] name) {
		FileStatus there = this.files.status(parent, name);
		if (there != null) {
			if (there.isDirectory()) {
				forgetAllBut(parent);
			}
			this.files.removeAll(parent, name);
		}
	}

	private void remember(String path, Fd directory) {
		this.open.put(path, directory);
		if (this.open.size() > OPEN_DIRECTORIES) {
			this.open.pollFirstEntry().getValue().close();
		}
	}

	/**
	 * What was found under a removed directory, by whatever path, is not there any more.
	 */
	private void forgetAllBut(@Nullable Fd kept) {
		this.open.values().removeIf((directory) -> {
			if (directory == kept) {
				return false;
			}
			directory.close();
			return true;
		});
	}

	@Override
	public void close() {
		forgetAllBut(null);
	}

}
