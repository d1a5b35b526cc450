package dev.caisson.platform.build.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarEntry.Kind;
import dev.caisson.engine.tar.TarWriter;
import org.jspecify.annotations.Nullable;

/**
 * A layer while it is written on top of an image. It knows what it has and what the image
 * has, so that symbolic links of either lead nowhere else. For one thread.
 */
final class LayerDraft {

	private static final int DIRECTORY_MODE = 0755;

	private static final int BUFFER = 256 * 1024;

	/** In an archive of a layer such a name means a deletion. */
	private static final String WHITEOUT = ".wh.";

	private final TarWriter tar;

	private final Ownership ownership;

	private final Instant now;

	private final DraftFile root;

	private final byte[] buffer = new byte[BUFFER];

	/**
	 * @param image the root of the image below
	 * @param ownership of directories that have to be made
	 * @param now their time
	 */
	LayerDraft(TarWriter tar, SourceFile image, Ownership ownership, Instant now) {
		this.tar = tar;
		this.ownership = ownership;
		this.now = now;
		this.root = new DraftFile(image.entry(), image);
	}

	/** Where a path leads, in the layer and the image. */
	Found find(String path) {
		return Found.at(this.root, path);
	}

	/**
	 * Makes sure that the layer has a directory, with those above it.
	 * @param path without links, as {@link #find} answers it
	 * @throws CopyException if something else is in the way
	 */
	DraftFile directory(List<String> path) throws IOException {
		DraftFile here = this.root;
		for (int i = 0; i < path.size(); i++) {
			SourceFile next = here.child(path.get(i));
			if (next != null && !next.isDirectory()) {
				throw new CopyException("cannot copy to /" + TarEntry.show(String.join("/", path)) + ": /"
						+ TarEntry.show(String.join("/", path.subList(0, i + 1))) + " is not a directory");
			}
			if (!(next instanceof DraftFile)) {
				TarEntry attributes = (next != null) ? next.entry() : newDirectory();
				next = new DraftFile(attributes, next);
				emit(path.subList(0, i + 1), attributes, null);
				here.put(path.get(i), next);
			}
			here = (DraftFile) next;
		}
		return here;
	}

	private TarEntry newDirectory() {
		Ownership.Owner owner = this.ownership.owner();
		return new TarEntry(Kind.DIRECTORY, "", "", DIRECTORY_MODE, (owner != null) ? owner.uid() : 0,
				(owner != null) ? owner.gid() : 0, 0, 0, this.now.getEpochSecond(), this.now.getNano(), 0, 0, Map.of(),
				null);
	}

	/**
	 * Adds a file, or a directory without what is in it; what was there is replaced, but
	 * for what a directory has.
	 * @param path without links
	 * @param attributes what it will be like
	 * @param content of a file
	 */
	void put(List<String> path, TarEntry attributes, @Nullable InputStream content) throws IOException {
		DraftFile parent = directory(path.subList(0, path.size() - 1));
		String name = path.getLast();
		if (name.startsWith(WHITEOUT)) {
			throw new CopyException("cannot copy to /" + TarEntry.show(String.join("/", path))
					+ ": names that begin with .wh. mean deletions in layers");
		}
		SourceFile old = parent.child(name);
		emit(path, attributes, content);
		if (attributes.kind() != Kind.DIRECTORY || old == null || !old.isDirectory()) {
			parent.put(name, new DraftFile(attributes, null));
		}
		else {
			parent.put(name,
					(old instanceof DraftFile draft) ? draft.like(attributes) : new DraftFile(attributes, old));
		}
	}

	private void emit(List<String> path, TarEntry attributes, @Nullable InputStream content) throws IOException {
		this.tar.put(named(path, attributes));
		if (content != null) {
			long left = attributes.stored();
			while (left > 0) {
				int count = content.read(this.buffer, 0, (int) Math.min(BUFFER, left));
				if (count < 0) {
					throw new EOFException("a file is shorter than it was: " + TarEntry.show(path.getLast()));
				}
				this.tar.write(this.buffer, count);
				left -= count;
			}
			this.tar.endFile();
		}
	}

	private static TarEntry named(List<String> path, TarEntry like) {
		String name = String.join("/", path) + ((like.kind() == Kind.DIRECTORY) ? "/" : "");
		return new TarEntry(like.kind(), name, like.linkName(), like.mode(), like.uid(), like.gid(), like.size(),
				like.stored(), like.modifiedSeconds(), like.modifiedNanos(), like.major(), like.minor(),
				like.attributes(), like.extents());
	}

	/** A path and one more name. */
	static List<String> below(List<String> path, String name) {
		List<String> longer = new ArrayList<>(path);
		longer.add(name);
		return longer;
	}

}
