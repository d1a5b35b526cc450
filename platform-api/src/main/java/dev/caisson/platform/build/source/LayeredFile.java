package dev.caisson.platform.build.source;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.caisson.engine.linux.FastSha256;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.FileStatus;
import dev.caisson.engine.linux.FileTree;
import dev.caisson.engine.tar.FileAttributes;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarEntry.Kind;
import org.jspecify.annotations.Nullable;

/** A file of an image; a directory may be in several layers at once. */
final class LayeredFile implements SourceFile {

	private static final int BUFFER = 256 * 1024;

	private static final byte[] OPAQUE = TarEntry.bytes("trusted.overlay.opaque");

	private final ImageTree tree;

	/** Relative to a layer's directory; {@code .} is that directory. */
	private final String path;

	/**
	 * The layers that have it and are seen, the highest first; one for all but
	 * directories.
	 */
	private final List<Fd> layers;

	private final TarEntry entry;

	private LayeredFile(ImageTree tree, String path, List<Fd> layers, TarEntry entry) {
		this.tree = tree;
		this.path = path;
		this.layers = layers;
		this.entry = entry;
	}

	static LayeredFile root(ImageTree tree) {
		TarEntry root = new TarEntry(Kind.DIRECTORY, "", "", 0755, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), null);
		return new LayeredFile(tree, ".", List.copyOf(tree.layers), root);
	}

	@Override
	public TarEntry entry() {
		return this.entry;
	}

	@Override
	public @Nullable SourceFile child(String name) {
		if (!isDirectory()) {
			return null;
		}
		String childPath = this.path.equals(".") ? name : this.path + "/" + name;
		byte[] bytes = TarEntry.bytes(childPath);
		List<Fd> having = new ArrayList<>();
		FileStatus top = null;
		for (Fd layer : this.layers) {
			FileStatus status = this.tree.files.status(layer, bytes);
			boolean hidden = status != null && (status.isWhiteout() || (top != null && !status.isDirectory()));
			if (hidden) {
				break;
			}
			if (status != null) {
				top = (top != null) ? top : status;
				having.add(layer);
				if (!status.isDirectory() || isOpaque(layer, bytes)) {
					break;
				}
			}
		}
		return (top != null) ? new LayeredFile(this.tree, childPath, having, entry(having.getFirst(), bytes, top))
				: null;
	}

	private boolean isOpaque(Fd layer, byte[] directory) {
		byte[] value = this.tree.files.attribute(layer, directory, OPAQUE);
		return value != null && value.length > 0 && value[0] == 'y';
	}

	private TarEntry entry(Fd layer, byte[] bytes, FileStatus status) {
		Kind kind = kind(status);
		String target = (kind == Kind.SYMBOLIC_LINK) ? TarEntry.text(this.tree.files.linkTarget(layer, bytes)) : "";
		long size = (kind == Kind.FILE) ? status.size() : 0;
		return new TarEntry(kind, "", target, status.permissions(), status.uid(), status.gid(), size, size,
				status.modifiedSeconds(), status.modifiedNanos(), status.deviceMajor(), status.deviceMinor(),
				attributes(layer, bytes), null);
	}

	private static Kind kind(FileStatus status) {
		return switch (status.type()) {
			case FileStatus.S_IFDIR -> Kind.DIRECTORY;
			case FileStatus.S_IFLNK -> Kind.SYMBOLIC_LINK;
			case FileStatus.S_IFCHR -> Kind.CHARACTER_DEVICE;
			case FileStatus.S_IFBLK -> Kind.BLOCK_DEVICE;
			case FileStatus.S_IFREG -> Kind.FILE;
			// a socket is as useless in an image as a pipe that nobody serves
			default -> Kind.FIFO;
		};
	}

	private Map<String, String> attributes(Fd layer, byte[] bytes) {
		Map<String, String> found = new TreeMap<>();
		for (byte[] key : this.tree.files.attributeNames(layer, bytes)) {
			byte[] value = FileAttributes.isPortable(TarEntry.text(key)) ? this.tree.files.attribute(layer, bytes, key)
					: null;
			if (value != null) {
				found.put(TarEntry.text(key), TarEntry.text(value));
			}
		}
		return found;
	}

	@Override
	public List<String> names() {
		TreeSet<String> names = new TreeSet<>();
		for (Fd layer : this.layers) {
			try (Fd directory = this.tree.files.directoryForReading(layer, TarEntry.bytes(this.path))) {
				this.tree.files.list(directory).forEach((found) -> names.add(TarEntry.text(found.name())));
			}
		}
		names.removeIf((name) -> child(name) == null);
		return List.copyOf(names);
	}

	@Override
	public InputStream open() {
		try (Fd place = this.tree.files.place(this.layers.getFirst(), TarEntry.bytes(this.path))) {
			return new Content(this.tree.files, this.tree.files.open(place, Fd.O_RDONLY | Fd.O_NOCTTY | Fd.O_NONBLOCK));
		}
	}

	@Override
	public String digest() throws IOException {
		MessageDigest digest = FastSha256.create();
		byte[] buffer = new byte[BUFFER];
		try (InputStream in = open()) {
			for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
				digest.update(buffer, 0, count);
			}
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	/** The bytes of an open file, for the thread that opened it. */
	private static final class Content extends InputStream {

		private final FileTree files;

		private final Fd file;

		Content(FileTree files, Fd file) {
			this.files = files;
			this.file = file;
		}

		@Override
		public int read() {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) {
			byte[] target = (offset == 0) ? bytes : new byte[length];
			int count = this.files.read(this.file, target, length);
			if (offset > 0) {
				System.arraycopy(target, 0, bytes, offset, count);
			}
			return (count == 0) ? -1 : count;
		}

		@Override
		public void close() {
			this.file.close();
		}

	}

}
