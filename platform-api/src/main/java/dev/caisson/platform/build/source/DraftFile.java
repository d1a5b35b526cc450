package dev.caisson.platform.build.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.caisson.engine.tar.TarEntry;
import org.jspecify.annotations.Nullable;

/** A file that a layer under way has already; a directory shows the image's files too. */
final class DraftFile implements SourceFile {

	private final TarEntry entry;

	private final @Nullable SourceFile below;

	private final TreeMap<String, SourceFile> own = new TreeMap<>();

	/**
	 * @param below the image's directory of the same path, or null
	 */
	DraftFile(TarEntry entry, @Nullable SourceFile below) {
		this.entry = entry;
		this.below = below;
	}

	/** The same directory with other attributes. */
	DraftFile like(TarEntry attributes) {
		DraftFile copy = new DraftFile(attributes, this.below);
		copy.own.putAll(this.own);
		return copy;
	}

	@Override
	public TarEntry entry() {
		return this.entry;
	}

	@Override
	public @Nullable SourceFile child(String name) {
		SourceFile mine = this.own.get(name);
		return (mine != null || this.below == null) ? mine : this.below.child(name);
	}

	void put(String name, SourceFile file) {
		this.own.put(name, file);
	}

	@Override
	public List<String> names() {
		TreeSet<String> names = new TreeSet<>(this.own.keySet());
		if (this.below != null) {
			names.addAll(this.below.names());
		}
		return List.copyOf(names);
	}

	@Override
	public InputStream open() throws IOException {
		throw new IOException("the file is in the layer already");
	}

	@Override
	public String digest() throws IOException {
		throw new IOException("the file is in the layer already");
	}

}
