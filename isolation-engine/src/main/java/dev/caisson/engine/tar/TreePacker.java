package dev.caisson.engine.tar;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Arrays;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.linux.FileTree.Entry;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.tar.TarEntry.Kind;

/**
 * Packs files and directories into an archive, in the order of their names. Whoever the
 * files belong to may change them meanwhile: every name is looked at through the
 * descriptor of its directory, no symbolic link is followed, nothing but a regular file
 * is opened, and of a file exactly the bytes are written that were announced. What
 * vanishes is left out; sockets have no place in an archive. For one thread.
 */
public final class TreePacker implements AutoCloseable {

	private static final byte[] OPAQUE = TarEntry.bytes("trusted.overlay.opaque");

	private static final String WHITEOUT = ".wh.", OPAQUE_WHITEOUT = ".wh..wh..opq";

	/** Each level is an open descriptor and a frame of the stack. */
	private static final int MOST_LEVELS = 256;

	private final FileTree files = new FileTree();

	private final TarWriter tar;

	private final Form form;

	private final FilePacker content;

	/** Names of files that have several, by what tells them apart. */
	private final Map<Identity, String> linked = new HashMap<>();

	public TreePacker(TarWriter tar, Form form) {
		this.tar = tar;
		this.form = form;
		this.content = new FilePacker(this.files, tar);
	}

	/**
	 * Packs what is in a directory, but not the directory itself.
	 * @param prefix of the names in the archive: empty, or ending in a slash
	 * @throws LinuxException if something cannot be read
	 */
	public void packContents(Fd directory, String prefix) throws IOException {
		packContents(directory, TarEntry.bytes("."), prefix, 0);
	}

	/**
	 * Packs one file, or a directory with all below it.
	 * @param parent the directory it is in
	 * @param name its name there
	 * @param as its name in the archive, without a slash at the end
	 * @throws LinuxException if something cannot be read
	 */
	public void pack(Fd parent, byte[] name, String as) throws IOException {
		pack(parent, name, as, 0);
	}

	private void packContents(Fd parent, byte[] directory, String prefix, int level) throws IOException {
		if (level > MOST_LEVELS) {
			throw new LinuxException("pack", TarEntry.show(prefix), Errno.ELOOP,
					"more than " + MOST_LEVELS + " directories deep");
		}
		try (Fd open = this.files.directoryForReading(parent, directory)) {
			List<Entry> entries = this.files.list(open);
			entries.sort(Comparator.comparing(Entry::name, Arrays::compareUnsigned));
			for (Entry entry : entries) {
				pack(open, entry.name(), prefix + text(entry.name()), level);
			}
		}
		catch (LinuxException ex) {
			ignoreVanished(ex);
		}
	}

	private void pack(Fd parent, byte[] name, String as, int level) throws IOException {
		try {
			FileStatus status = this.files.status(parent, name);
			if (status != null) {
				packKnown(parent, name, as, status, level);
			}
		}
		catch (LinuxException ex) {
			ignoreVanished(ex);
		}
	}

	private static void ignoreVanished(LinuxException ex) {
		switch (ex.errno()) {
			case ENOENT, ENOTDIR, ESTALE -> {
			}
			default -> throw ex;
		}
	}

	private void packKnown(Fd parent, byte[] name, String as, FileStatus status, int level) throws IOException {
		switch (status.type()) {
			case FileStatus.S_IFDIR -> packDirectory(parent, name, as, status, level);
			case FileStatus.S_IFLNK ->
				put(entry(parent, name, as, Kind.SYMBOLIC_LINK, text(this.files.linkTarget(parent, name)), status));
			case FileStatus.S_IFREG -> packFile(parent, name, as, status);
			case FileStatus.S_IFIFO -> packUnlessLinked(Kind.FIFO, parent, name, as, status);
			case FileStatus.S_IFBLK -> packUnlessLinked(Kind.BLOCK_DEVICE, parent, name, as, status);
			case FileStatus.S_IFCHR -> packCharacterDevice(parent, name, as, status);
			default -> {
			}
		}
	}

	private void packDirectory(Fd parent, byte[] name, String as, FileStatus status, int level) throws IOException {
		put(entry(parent, name, as.endsWith("/") ? as : as + "/", Kind.DIRECTORY, "", status));
		String prefix = as.endsWith("/") ? as : as + "/";
		if (this.form == Form.LAYER && isOpaque(parent, name)) {
			put(TarWriter.bare(Kind.FILE, prefix + OPAQUE_WHITEOUT));
		}
		if (!KernelFiles.isRoot(this.files, parent, name, status)) {
			packContents(parent, name, prefix, level + 1);
		}
	}

	private boolean isOpaque(Fd parent, byte[] name) {
		byte[] value = this.files.attribute(parent, name, OPAQUE);
		return value != null && value.length > 0 && value[0] == 'y';
	}

	private void packCharacterDevice(Fd parent, byte[] name, String as, FileStatus status) throws IOException {
		if (this.form == Form.LAYER && status.isWhiteout()) {
			int slash = as.lastIndexOf('/') + 1;
			put(TarWriter.bare(Kind.FILE, as.substring(0, slash) + WHITEOUT + as.substring(slash)));
			return;
		}
		packUnlessLinked(Kind.CHARACTER_DEVICE, parent, name, as, status);
	}

	private void packUnlessLinked(Kind kind, Fd parent, byte[] name, String as, FileStatus status) throws IOException {
		if (!packedAsLink(as, status)) {
			put(entry(parent, name, as, kind, "", status));
		}
	}

	private void packFile(Fd parent, byte[] name, String as, FileStatus seen) throws IOException {
		if (packedAsLink(as, seen)) {
			return;
		}
		try (Fd place = this.files.place(parent, name)) {
			FileStatus status = this.files.status(place, new byte[0]);
			if (status != null && status.type() == FileStatus.S_IFREG) {
				try (Fd file = this.files.open(place, Fd.O_RDONLY | Fd.O_NOCTTY | Fd.O_NONBLOCK)) {
					this.content.pack(file, entry(parent, name, as, Kind.FILE, "", status), status);
				}
			}
		}
	}

	/** The second name of a file is a link to its first. */
	private boolean packedAsLink(String as, FileStatus status) throws IOException {
		if (status.links() < 2) {
			return false;
		}
		String first = this.linked.putIfAbsent(new Identity(status.device(), status.inode()), as);
		if (first == null) {
			return false;
		}
		put(new TarEntry(Kind.HARD_LINK, as, first, status.permissions(), status.uid(), status.gid(), 0, 0,
				status.modifiedSeconds(), status.modifiedNanos(), 0, 0, Map.of(), null));
		return true;
	}

	private void put(TarEntry entry) throws IOException {
		this.tar.put(entry);
	}

	private TarEntry entry(Fd parent, byte[] name, String as, Kind kind, String target, FileStatus status) {
		return new TarEntry(kind, as, target, status.permissions(), status.uid(), status.gid(), 0, 0,
				status.modifiedSeconds(), status.modifiedNanos(), status.deviceMajor(), status.deviceMinor(),
				attributes(parent, name), null);
	}

	private Map<String, String> attributes(Fd parent, byte[] name) {
		Map<String, String> found = new TreeMap<>();
		for (byte[] key : this.files.attributeNames(parent, name)) {
			byte @Nullable [] value = FileAttributes.isPortable(text(key)) ? this.files.attribute(parent, name, key)
					: null;
			if (value != null) {
				found.put(text(key), text(value));
			}
		}
		return found;
	}

	private static String text(byte[] bytes) {
		return TarEntry.text(bytes);
	}

	/** Does not end the archive. */
	@Override
	public void close() {
		this.files.close();
	}

	/** What a directory is taken for. */
	public enum Form {

		/** Files as they are. */
		PLAIN,
		/**
		 * The upper directory of an overlay: what it deletes and hides is written as the
		 * OCI image specification has it ("Whiteouts").
		 */
		LAYER

	}

	private record Identity(long device, long inode) {

	}

}
