package dev.caisson.engine.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.tar.TarEntry.Extent;
import dev.caisson.engine.tar.TarEntry.Kind;
import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;
import dev.caisson.engine.tar.FileAttributes;
import dev.caisson.engine.tar.InvalidTarException;

/**
 * Unpacks one layer's archive into a directory in the form that overlayfs wants of a
 * lower layer: deleted names are character devices 0:0, directories that hide what is
 * below carry trusted.overlay.opaque (OCI image specification, "Whiteouts"; kernel
 * documentation, overlayfs.rst). For one layer and one thread.
 */
final class LayerUnpacker implements AutoCloseable {

	private static final String WHITEOUT = ".wh.";

	private static final String OPAQUE_WHITEOUT = ".wh..wh..opq";

	/** What AUFS kept for itself; means nothing to anybody else. */
	private static final String AUFS_PRIVATE = ".wh..wh.";

	private final UnpackLimits limits;

	private final FileTree files = new FileTree();

	private final Fd root;

	private final LayerTree tree;

	private final @Nullable RecipeWriter recipe;

	/** Writing into a directory changes its time, so theirs are set last. */
	private final List<DirectoryTime> directoryTimes = new ArrayList<>();

	private long directoryNameBytes;

	private long entries;

	private long bytes;

	/**
	 * @param root the empty directory to unpack into, which stays the caller's
	 */
	LayerUnpacker(Fd root, UnpackLimits limits) {
		this(root, limits, null);
	}

	/** One that also writes down where each file's content went. */
	LayerUnpacker(Fd root, UnpackLimits limits, @Nullable RecipeWriter recipe) {
		this.root = root;
		this.recipe = recipe;
		this.limits = limits;
		this.tree = new LayerTree(this.files, root);
	}

	/**
	 * Unpacks the archive up to its end.
	 * @return bytes of all files
	 * @throws InvalidImageException if the archive is malformed, goes beyond a limit, or
	 * asks for something that the file system refuses
	 * @throws LinuxException if the host fails: no space, no permission
	 */
	long unpack(TarReader tar) throws IOException {
		try {
			return unpackAll(tar);
		}
		catch (InvalidTarException ex) {
			throw new InvalidImageException(String.valueOf(ex.getMessage()), ex);
		}
	}

	private long unpackAll(TarReader tar) throws IOException {
		TarEntry entry;
		while ((entry = tar.next()) != null) {
			count(entry);
			try {
				place(entry, tar);
			}
			catch (LinuxException ex) {
				throw hostFailed(ex) ? ex : new InvalidImageException(
						"layer: " + TarEntry.show(entry.name()) + ": " + ex.getMessage(), ex);
			}
		}
		restoreDirectoryTimes();
		return this.bytes;
	}

	private static boolean hostFailed(LinuxException ex) {
		return switch (ex.errno()) {
			case ENOSPC, EDQUOT, EIO, EROFS, EMFILE, ENFILE, ENOMEM, EACCES, EPERM -> true;
			default -> false;
		};
	}

	private void count(TarEntry entry) {
		this.entries++;
		if (this.entries > this.limits.entries()) {
			throw new InvalidImageException("layer: more than " + this.limits.entries() + " entries");
		}
		this.bytes += entry.size();
		if (entry.size() > this.limits.bytes() || this.bytes > this.limits.bytes()) {
			throw new InvalidImageException("layer: files of more than " + this.limits.bytes() + " bytes");
		}
	}

	private void place(TarEntry entry, TarReader tar) throws IOException {
		LayerPath path = LayerPath.of(entry.name(), this.limits.depth());
		if (path.isRoot()) {
			placeRoot(entry);
		}
		else if (path.name().startsWith(AUFS_PRIVATE) || path.parent().contains(AUFS_PRIVATE)) {
			placePrivate(path);
		}
		else if (path.name().startsWith(WHITEOUT)) {
			placeWhiteout(path);
		}
		else {
			placeNamed(entry, path, tar);
		}
	}

	/**
	 * The layer's own directory; an archive may say what it is like, but not replace it.
	 */
	private void placeRoot(TarEntry entry) {
		if (entry.kind() != Kind.DIRECTORY) {
			throw LayerPath.refused(entry.name(), "is the layer's root and no directory");
		}
		attributes(this.root, TarEntry.bytes(LayerPath.ROOT), entry);
		deferTime("", LayerPath.ROOT, entry);
	}

	private void placePrivate(LayerPath path) {
		if (path.name().equals(OPAQUE_WHITEOUT)) {
			LayerPath directory = LayerPath.of(path.parent(), this.limits.depth());
			this.tree.directory(path.parent());
			this.tree.makeOpaque(this.tree.directory(directory.parent()), TarEntry.bytes(directory.name()));
		}
	}

	/**
	 * A name that lower layers may have is deleted. One that this layer has as well
	 * stays: a whiteout is about what is below.
	 */
	private void placeWhiteout(LayerPath path) {
		String hidden = path.name().substring(WHITEOUT.length());
		if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
			throw LayerPath.refused(path.toString(), "deletes nothing that could have a name");
		}
		byte[] name = TarEntry.bytes(hidden);
		Fd parent = this.tree.directory(path.parent());
		long made = this.files.tryMakeNode(parent, name, FileStatus.S_IFCHR, 0, 0);
		if (made != -Errno.EEXIST.number()) {
			FileTree.check("make whiteout", name, made);
			return;
		}
		FileStatus there = this.files.status(parent, name);
		if (there != null && there.isDirectory()) {
			this.tree.makeOpaque(parent, name);
		}
	}

	private void placeNamed(TarEntry entry, LayerPath path, TarReader tar) throws IOException {
		byte[] name = TarEntry.bytes(path.name());
		Fd parent = this.tree.directory(path.parent());
		switch (entry.kind()) {
			case FILE -> placeFile(entry, path, parent, tar);
			case DIRECTORY -> {
				this.tree.makeDirectory(parent, name);
				attributes(parent, name, entry);
				deferTime(path.parent(), path.name(), entry);
			}
			case HARD_LINK -> placeLink(entry, path, parent, name);
			case SYMBOLIC_LINK -> {
				byte[] target = TarEntry.bytes(entry.linkName());
				make(parent, name, () -> this.files.trySymlink(parent, name, target));
				attributes(parent, name, entry);
				this.files.modified(parent, name, entry.modifiedSeconds(), entry.modifiedNanos());
			}
			case CHARACTER_DEVICE -> placeNode(entry, parent, name, FileStatus.S_IFCHR);
			case BLOCK_DEVICE -> placeNode(entry, parent, name, FileStatus.S_IFBLK);
			case FIFO -> placeNode(entry, parent, name, FileStatus.S_IFIFO);
		}
	}

	private void placeFile(TarEntry entry, LayerPath path, Fd parent, TarReader tar) throws IOException {
		byte[] name = TarEntry.bytes(path.name());
		try (Fd file = new Fd(make(parent, name, () -> this.files.tryCreate(parent, name)),
				TarEntry.show(entry.name()))) {
			write(entry, path, file, tar);
			this.files.attributes(file, entry.uid(), entry.gid(), entry.mode(), entry.modifiedSeconds(),
					entry.modifiedNanos());
		}
		extendedAttributes(parent, name, entry);
	}

	private void write(TarEntry entry, LayerPath path, Fd file, TarReader tar) throws IOException {
		List<Extent> extents = entry.extents();
		if (extents == null) {
			write(path, file, 0, entry.stored(), tar);
			return;
		}
		for (Extent extent : extents) {
			this.files.seek(file, extent.offset());
			write(path, file, extent.offset(), extent.length(), tar);
		}
		this.files.truncate(file, entry.size());
	}

	private void write(LayerPath path, Fd file, long offset, long length, TarReader tar) throws IOException {
		if (this.recipe != null && length > 0) {
			this.recipe.content(path, offset, length);
		}
		tar.transfer((buffer, from, count) -> this.files.write(file, buffer, from, count), length);
	}

	private void placeLink(TarEntry entry, LayerPath path, Fd parent, byte[] name) {
		LayerPath source = LayerPath.of(entry.linkName(), this.limits.depth());
		if (source.equals(path)) {
			throw LayerPath.refused(entry.name(), "is a link to itself");
		}
		this.tree.remove(parent, name);
		Fd from = this.tree.existing(source.parent());
		byte[] fromName = TarEntry.bytes(source.name());
		FileStatus linked = (from != null) ? this.files.status(from, fromName) : null;
		if (from == null || linked == null || linked.isWhiteout()) {
			throw LayerPath.refused(entry.name(), "is a link to " + source + ", which the layer does not have");
		}
		if (linked.isDirectory()) {
			throw LayerPath.refused(entry.name(), "is a hard link to a directory");
		}
		// looking for the source may have pushed the parent out of the open ones
		Fd to = this.tree.directory(path.parent());
		FileTree.check("link", name, this.files.tryLink(from, fromName, to, name));
	}

	private void placeNode(TarEntry entry, Fd parent, byte[] name, int type) {
		make(parent, name, () -> this.files.tryMakeNode(parent, name, type | 0600, entry.major(), entry.minor()));
		attributes(parent, name, entry);
		this.files.modified(parent, name, entry.modifiedSeconds(), entry.modifiedNanos());
	}

	/** Makes a name; if there is one already, the later entry wins. */
	private long make(Fd parent, byte[] name, Making making) {
		long made = making.attempt();
		if (made == -Errno.EEXIST.number()) {
			this.tree.remove(parent, name);
			made = making.attempt();
		}
		FileTree.check("make", name, made);
		return made;
	}

	/** The owner first: chown(2) takes away set-id bits and file capabilities. */
	private void attributes(Fd parent, byte[] name, TarEntry entry) {
		this.files.owner(parent, name, entry.uid(), entry.gid());
		if (entry.kind() != Kind.SYMBOLIC_LINK) {
			this.files.permissions(parent, name, entry.mode());
		}
		extendedAttributes(parent, name, entry);
	}

	private void extendedAttributes(Fd parent, byte[] name, TarEntry entry) {
		for (Map.Entry<String, String> attribute : entry.attributes().entrySet()) {
			String key = attribute.getKey();
			if (FileAttributes.isPortable(key)) {
				long set = this.files.trySetAttribute(parent, name, TarEntry.bytes(key),
						TarEntry.bytes(attribute.getValue()));
				if (!mayBeMissing(key, set)) {
					FileTree.check("set attribute " + TarEntry.show(key) + " of", name, set);
				}
			}
		}
	}

	/** Not every file system has them, and links and devices cannot have user's. */
	private static boolean mayBeMissing(String key, long result) {
		return result == -Errno.EOPNOTSUPP.number() || (key.startsWith("user.") && result == -Errno.EPERM.number());
	}

	private void deferTime(String parent, String name, TarEntry entry) {
		this.directoryNameBytes += parent.length() + name.length();
		if (this.directoryNameBytes > this.limits.directoryNameBytes()) {
			throw new InvalidImageException(
					"layer: names of directories of more than " + this.limits.directoryNameBytes() + " bytes");
		}
		this.directoryTimes.add(new DirectoryTime(parent, name, entry.modifiedSeconds(), entry.modifiedNanos()));
	}

	private void restoreDirectoryTimes() {
		for (DirectoryTime time : this.directoryTimes) {
			byte[] name = TarEntry.bytes(time.name);
			Fd parent = this.tree.existing(time.parent);
			FileStatus there = (parent != null) ? this.files.status(parent, name) : null;
			// a later entry may have put something else there
			if (parent != null && there != null && there.isDirectory()) {
				this.files.modified(parent, name, time.seconds, time.nanos);
			}
		}
	}

	@Override
	public void close() {
		this.tree.close();
		this.files.close();
	}

	/** Answers a descriptor, 0, or a negative error number. */
	@FunctionalInterface
	private interface Making {

		long attempt();

	}

	private record DirectoryTime(String parent, String name, long seconds, int nanos) {

	}

}
