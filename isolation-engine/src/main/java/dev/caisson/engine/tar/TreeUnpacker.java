package dev.caisson.engine.tar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.tar.TarEntry.Extent;
import dev.caisson.engine.tar.TarEntry.Kind;

/**
 * Unpacks an archive into a directory that may be in use by somebody hostile. Directories
 * are resolved by the kernel inside of the root, whatever links stand in the way by then;
 * files are made anew and never opened; owner, permissions and times are set on what was
 * made and not on what a name leads to by then. For one archive and one thread.
 */
public final class TreeUnpacker implements AutoCloseable {

	private static final int IN_ROOT = Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS;

	private static final int IMPLIED_MODE = 0755, PERMISSIONS = 07777;

	private final FileTree files = new FileTree();

	private final Fd root;

	private final String destination;

	private final UnpackOptions options;

	/** Writing into a directory changes its time, so theirs are set last. */
	private final List<DirectoryTime> times = new ArrayList<>();

	private final long device;

	private @Nullable Fd directory;

	private String directoryPath = "";

	/**
	 * @param root what no path leads out of; stays the caller's
	 * @param destination the path in it of a directory that exists, one byte per
	 * character
	 */
	public TreeUnpacker(Fd root, String destination, UnpackOptions options) {
		this.root = root;
		this.destination = destination;
		this.options = options;
		FileStatus status = this.files.status(root, new byte[0]);
		this.device = (status != null) ? status.device() : 0;
	}

	/**
	 * Unpacks all of it.
	 * @throws InvalidTarException if it is malformed, or replaces what it must not
	 * @throws LinuxException if the file system refuses
	 * @throws IOException if reading it fails
	 */
	public void unpack(TarReader tar) throws IOException {
		TarEntry entry;
		while ((entry = tar.next()) != null) {
			place(entry, tar);
		}
		for (DirectoryTime time : this.times.reversed()) {
			restore(time);
		}
	}

	private void place(TarEntry entry, TarReader tar) throws IOException {
		List<String> path = components(entry.name());
		if (path.isEmpty()) {
			// the destination itself stays as it is
			return;
		}
		String parentPath = String.join("/", path.subList(0, path.size() - 1));
		byte[] name = TarEntry.bytes(path.getLast());
		Fd parent = directory(parentPath);
		if (!makeRoom(entry, parent, name)) {
			make(entry, parent, name, tar);
		}
		if (entry.kind() != Kind.FILE && entry.kind() != Kind.HARD_LINK) {
			setAttributes(entry, parent, name);
		}
		if (entry.kind() == Kind.DIRECTORY) {
			this.times.add(new DirectoryTime(parentPath, name, entry.modifiedSeconds(), entry.modifiedNanos()));
		}
	}

	private static List<String> components(String written) {
		List<String> components = new ArrayList<>();
		for (String component : written.split("/")) {
			if (component.equals("..")) {
				throw new InvalidTarException("tar: path " + TarEntry.show(written) + " leads out of its directory");
			}
			if (!component.isEmpty() && !component.equals(".")) {
				components.add(component);
			}
		}
		return components;
	}

	/** The directory of this path below the destination, made if there is none. */
	private Fd directory(String path) {
		Fd known = this.directory;
		if (known != null && this.directoryPath.equals(path)) {
			return known;
		}
		Fd found = find(path);
		if (known != null) {
			known.close();
		}
		this.directory = found;
		this.directoryPath = path;
		return found;
	}

	private Fd find(String path) {
		byte[] whole = TarEntry.bytes(this.destination + "/" + path);
		long found = this.files.tryDirectory(this.root, whole, IN_ROOT);
		if (found == -Errno.ENOENT.number() && !path.isEmpty()) {
			imply(path);
			found = this.files.tryDirectory(this.root, whole, IN_ROOT);
		}
		FileTree.check("open directory", whole, found);
		return checked(new Fd(found, TarEntry.show(this.destination + "/" + path)));
	}

	private static Fd checked(Fd directory) {
		if (KernelFiles.contain(directory)) {
			directory.close();
			throw new InvalidTarException(
					"cannot copy into " + directory.name() + ": it is a file system of the kernel");
		}
		return directory;
	}

	/**
	 * Makes the directories that an archive only mentions, as Docker does: 0755, root's.
	 */
	private void imply(String path) {
		int slash = path.lastIndexOf('/');
		byte[] name = TarEntry.bytes(path.substring(slash + 1));
		try (Fd parent = find((slash < 0) ? "" : path.substring(0, slash))) {
			long made = this.files.tryMakeDirectory(parent, name, IMPLIED_MODE);
			if (made != -Errno.EEXIST.number()) {
				FileTree.check("make directory", name, made);
				this.files.owner(parent, name, uid(0), gid(0));
				this.files.permissionsInPlace(parent, name, IMPLIED_MODE);
			}
		}
	}

	/**
	 * Removes what is at the name, unless both are directories.
	 * @return whether a directory stays that the entry is about
	 */
	private boolean makeRoom(TarEntry entry, Fd parent, byte[] name) {
		FileStatus there = this.files.status(parent, name);
		if (there == null) {
			return false;
		}
		boolean directory = entry.kind() == Kind.DIRECTORY;
		if (there.isDirectory() && directory) {
			return true;
		}
		if (this.options.keepKinds() && there.isDirectory() != directory) {
			throw new InvalidTarException("cannot overwrite " + (directory ? "non-directory" : "directory") + " \""
					+ TarEntry.show(entry.name()) + "\" with " + (directory ? "directory" : "non-directory") + " \""
					+ TarEntry.show(this.destination) + "\"");
		}
		this.files.removeAll(parent, name);
		return false;
	}

	private void make(TarEntry entry, Fd parent, byte[] name, TarReader tar) throws IOException {
		switch (entry.kind()) {
			case FILE -> makeFile(entry, parent, name, tar);
			case DIRECTORY -> check("make directory", name, this.files.tryMakeDirectory(parent, name, 0700));
			case HARD_LINK -> makeLink(entry, parent, name);
			case SYMBOLIC_LINK ->
				check("make link", name, this.files.trySymlink(parent, name, TarEntry.bytes(entry.linkName())));
			case FIFO -> makeNode(entry, parent, name, FileStatus.S_IFIFO);
			case CHARACTER_DEVICE -> makeDevice(entry, parent, name, FileStatus.S_IFCHR);
			case BLOCK_DEVICE -> makeDevice(entry, parent, name, FileStatus.S_IFBLK);
		}
	}

	private void makeFile(TarEntry entry, Fd parent, byte[] name, TarReader tar) throws IOException {
		long made = this.files.tryCreate(parent, name);
		check("create", name, made);
		try (Fd file = new Fd(made, TarEntry.show(entry.name()))) {
			write(entry, file, tar);
			this.files.attributes(file, uid(entry.uid()), gid(entry.gid()), entry.mode() & PERMISSIONS,
					entry.modifiedSeconds(), entry.modifiedNanos());
		}
		setExtendedAttributes(entry, parent, name);
	}

	private void write(TarEntry entry, Fd file, TarReader tar) throws IOException {
		TarReader.Sink sink = (bytes, offset, length) -> this.files.write(file, bytes, offset, length);
		List<Extent> extents = entry.extents();
		if (extents == null) {
			tar.transfer(sink, entry.stored());
			return;
		}
		for (Extent extent : extents) {
			this.files.seek(file, extent.offset());
			tar.transfer(sink, extent.length());
		}
		this.files.truncate(file, entry.size());
	}

	private void makeLink(TarEntry entry, Fd parent, byte[] name) {
		List<String> path = components(entry.linkName());
		if (path.isEmpty()) {
			throw new InvalidTarException("tar: " + TarEntry.show(entry.name()) + " is a hard link to a directory");
		}
		try (Fd from = find(String.join("/", path.subList(0, path.size() - 1)))) {
			check("link", name, this.files.tryLink(from, TarEntry.bytes(path.getLast()), parent, name));
		}
	}

	/** A device in a volume would be one on the host. */
	private void makeDevice(TarEntry entry, Fd parent, byte[] name, int type) {
		FileStatus status = this.files.status(parent, new byte[0]);
		if (status == null || status.device() != this.device) {
			throw new InvalidTarException("tar: " + TarEntry.show(entry.name())
					+ " is a device, which is not copied into a volume or a directory of the host");
		}
		makeNode(entry, parent, name, type);
	}

	private void makeNode(TarEntry entry, Fd parent, byte[] name, int type) {
		check("make node", name, this.files.tryMakeNode(parent, name, type | 0600, entry.major(), entry.minor()));
	}

	/** The owner first: chown(2) takes away set-id bits and file capabilities. */
	private void setAttributes(TarEntry entry, Fd parent, byte[] name) {
		this.files.owner(parent, name, uid(entry.uid()), gid(entry.gid()));
		if (entry.kind() != Kind.SYMBOLIC_LINK) {
			this.files.permissionsInPlace(parent, name, entry.mode() & PERMISSIONS);
		}
		setExtendedAttributes(entry, parent, name);
		this.files.modified(parent, name, entry.modifiedSeconds(), entry.modifiedNanos());
	}

	/** Not every file system has them: what it refuses is left out, as Docker does. */
	private void setExtendedAttributes(TarEntry entry, Fd parent, byte[] name) {
		for (Map.Entry<String, String> attribute : entry.attributes().entrySet()) {
			String key = attribute.getKey();
			if (FileAttributes.isPortable(key)) {
				long set = this.files.trySetAttribute(parent, name, TarEntry.bytes(key),
						TarEntry.bytes(attribute.getValue()));
				if (set != -Errno.EOPNOTSUPP.number() && set != -Errno.EPERM.number()) {
					check("set attribute " + TarEntry.show(key) + " of", name, set);
				}
			}
		}
	}

	private int uid(int declared) {
		return (this.options.owner() != null) ? this.options.owner().uid() : declared;
	}

	private int gid(int declared) {
		return (this.options.owner() != null) ? this.options.owner().gid() : declared;
	}

	private void restore(DirectoryTime time) {
		Fd parent = directory(time.parent);
		FileStatus there = this.files.status(parent, time.name);
		// a later entry, or somebody else, may have put something else there
		if (there != null && there.isDirectory()) {
			this.files.modified(parent, time.name, time.seconds, time.nanos);
		}
	}

	private static void check(String operation, byte[] name, long result) {
		FileTree.check(operation, name, result);
	}

	@Override
	public void close() {
		if (this.directory != null) {
			this.directory.close();
		}
		this.files.close();
	}

	private record DirectoryTime(String parent, byte[] name, long seconds, int nanos) {

	}

}
