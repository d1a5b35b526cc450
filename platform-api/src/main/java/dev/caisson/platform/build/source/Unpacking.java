package dev.caisson.platform.build.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.image.Compression;
import dev.caisson.engine.tar.InvalidTarException;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarEntry.Kind;
import dev.caisson.engine.tar.TarReader;

/** Archives that ADD unpacks. */
final class Unpacking {

	private static final int LONGEST_HEADER = 1 << 20;

	/** Enough of a packed archive to see one header in it. */
	private static final int PROBE = 64 * 1024;

	private Unpacking() {
	}

	/** Whether it begins like an archive, packed or not; its name says nothing. */
	static boolean isArchive(SourceFile file) throws IOException {
		if (!file.isFile() || file.entry().extents() != null || file.entry().stored() < 1) {
			return false;
		}
		try (InputStream plain = Compression.unpackAny(new ByteArrayInputStream(beginning(file)))) {
			return new TarReader(plain, LONGEST_HEADER).next() != null;
		}
		catch (IOException | InvalidTarException ex) {
			return false;
		}
	}

	private static byte[] beginning(SourceFile file) throws IOException {
		try (InputStream in = file.open()) {
			return in.readNBytes(PROBE);
		}
	}

	/**
	 * Unpacks into a directory of the layer, which is the root for the archive's paths
	 * and links.
	 * @throws CopyException if the archive is malformed or leads out of the directory
	 */
	static void unpack(SourceFile file, List<String> directory, LayerDraft draft) throws IOException {
		try (InputStream in = file.open(); InputStream plain = Compression.unpackAny(in)) {
			TarReader tar = new TarReader(plain, LONGEST_HEADER);
			for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
				place(entry, tar, directory, draft);
			}
		}
		catch (InvalidTarException ex) {
			throw new CopyException("cannot unpack: " + ex.getMessage());
		}
	}

	private static void place(TarEntry entry, TarReader tar, List<String> directory, LayerDraft draft)
			throws IOException {
		List<String> names = inside(entry.name());
		if (names.isEmpty()) {
			return;
		}
		DraftFile root = draft.directory(directory);
		List<String> path = new ArrayList<>(directory);
		path.addAll(Found.at(root, String.join("/", names.subList(0, names.size() - 1))).path());
		path.add(names.getLast());
		switch (entry.kind()) {
			case FILE -> draft.put(path, entry, new Member(tar));
			case HARD_LINK -> draft.put(path, linked(entry, root, directory), null);
			case DIRECTORY, SYMBOLIC_LINK, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> draft.put(path, entry, null);
		}
	}

	private static List<String> inside(String path) {
		List<String> names = Found.names(path);
		if (names.contains("..")) {
			throw new CopyException("cannot unpack: " + TarEntry.show(path) + " leads out of its directory");
		}
		return names;
	}

	/**
	 * A link to another file of the archive, under the path that this has in the layer.
	 */
	private static TarEntry linked(TarEntry entry, DraftFile root, List<String> directory) {
		List<String> names = inside(entry.linkName());
		SourceFile here = root;
		for (String name : names) {
			here = (here != null) ? here.child(name) : null;
		}
		if (!(here instanceof DraftFile) || here.isDirectory()) {
			throw new CopyException("cannot unpack: " + TarEntry.show(entry.name()) + " is a link to "
					+ TarEntry.show(entry.linkName()) + ", which is no file of the archive");
		}
		List<String> target = new ArrayList<>(directory);
		target.addAll(names);
		return new TarEntry(Kind.HARD_LINK, "", String.join("/", target), entry.mode(), entry.uid(), entry.gid(), 0, 0,
				entry.modifiedSeconds(), entry.modifiedNanos(), 0, 0, entry.attributes(), null);
	}

	/** The content of the archive's present member. */
	private static final class Member extends InputStream {

		private final TarReader tar;

		Member(TarReader tar) {
			this.tar = tar;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return this.tar.read(bytes, offset, length);
		}

	}

}
