package dev.caisson.platform.build.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarEntry.Kind;
import dev.caisson.engine.tar.TarWriter;

/**
 * Copies into an image: what COPY and ADD do, as a layer on top of it.
 *
 * @param destination absolute; a slash at its end says that it is a directory
 * @param ownership of all copies
 * @param now the time of what has no time of its own
 */
public record Copying(String destination, Ownership ownership, Instant now) {

	private static final int MOST_LEVELS = 256;

	/**
	 * Writes the layer.
	 * @param image the root of the image below
	 * @throws CopyException if something cannot be copied
	 */
	public void write(List<Source> sources, SourceFile image, OutputStream out) throws IOException {
		try (TarWriter tar = new TarWriter(out)) {
			LayerDraft draft = new LayerDraft(tar, image, this.ownership, this.now);
			for (Source source : sources) {
				copy(source, draft);
			}
		}
	}

	/** Writes a layer that has the directory, or nothing if the image has it. */
	public void makeDirectory(SourceFile image, OutputStream out) throws IOException {
		try (TarWriter tar = new TarWriter(out)) {
			LayerDraft draft = new LayerDraft(tar, image, this.ownership, this.now);
			Found found = draft.find(Names.ofText(this.destination));
			if (found.file() == null || !found.file().isDirectory()) {
				draft.directory(found.path());
			}
		}
	}

	private void copy(Source source, LayerDraft draft) throws IOException {
		Found target = draft.find(Names.ofText(this.destination));
		if (source.file().isDirectory()) {
			draft.directory(target.path());
			copyContents(source.file(), target.path(), draft, 0);
			return;
		}
		if (source.unpack() && Unpacking.isArchive(source.file())) {
			draft.directory(target.path());
			Unpacking.unpack(source.file(), target.path(), draft);
			return;
		}
		boolean into = this.destination.endsWith("/") || (target.file() != null && target.file().isDirectory());
		List<String> path = into ? draft.find(target.joined() + "/" + source.name()).path() : target.path();
		if (path.isEmpty()) {
			throw new CopyException("cannot copy to /: it is a directory");
		}
		copyOne(source.file(), path, draft);
	}

	private void copyContents(SourceFile directory, List<String> path, LayerDraft draft, int level) throws IOException {
		if (level > MOST_LEVELS) {
			throw new CopyException("more than " + MOST_LEVELS + " directories deep: /"
					+ TarEntry.show(String.join("/", path.subList(0, 8))) + "/…");
		}
		for (String name : directory.names()) {
			SourceFile file = Objects.requireNonNull(directory.child(name));
			List<String> target = LayerDraft.below(path, name);
			copyOne(file, target, draft);
			if (file.isDirectory()) {
				copyContents(file, target, draft, level + 1);
			}
		}
	}

	private void copyOne(SourceFile file, List<String> path, LayerDraft draft) throws IOException {
		TarEntry entry = file.entry();
		TarEntry copy = this.ownership.applyTo(entry);
		if (entry.kind() != Kind.FILE) {
			draft.put(path, copy, null);
			return;
		}
		try (InputStream content = file.open()) {
			draft.put(path, (file instanceof InlineFile) ? dated(copy) : copy, content);
		}
	}

	private TarEntry dated(TarEntry entry) {
		return new TarEntry(entry.kind(), entry.name(), entry.linkName(), entry.mode(), entry.uid(), entry.gid(),
				entry.size(), entry.stored(), this.now.getEpochSecond(), this.now.getNano(), entry.major(),
				entry.minor(), entry.attributes(), entry.extents());
	}

}
