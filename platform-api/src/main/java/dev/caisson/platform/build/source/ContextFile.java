package dev.caisson.platform.build.source;

import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

import dev.caisson.engine.tar.TarEntry;
import org.jspecify.annotations.Nullable;

/** A file of a context: names in memory, content in the {@link Spool}. */
final class ContextFile implements SourceFile {

	private final TarEntry entry;

	/** Of a directory. */
	private final TreeMap<String, ContextFile> children = new TreeMap<>();

	private final @Nullable Content content;

	ContextFile(TarEntry entry, @Nullable Content content) {
		this.entry = entry;
		this.content = content;
	}

	/** The same directory with other attributes. */
	ContextFile like(TarEntry attributes) {
		ContextFile copy = new ContextFile(attributes, null);
		copy.children.putAll(this.children);
		return copy;
	}

	@Override
	public TarEntry entry() {
		return this.entry;
	}

	@Override
	public @Nullable ContextFile child(String name) {
		return this.children.get(name);
	}

	@Override
	public List<String> names() {
		return List.copyOf(this.children.keySet());
	}

	void put(String name, ContextFile file) {
		this.children.put(name, file);
	}

	void remove(String name) {
		this.children.remove(name);
	}

	@Override
	public InputStream open() {
		Content stored = Objects.requireNonNull(this.content, "no file");
		return stored.spool.open(stored.position, this.entry.stored());
	}

	@Override
	public String digest() {
		return Objects.requireNonNull(this.content, "no file").digest;
	}

	/**
	 * Where a file's bytes are.
	 *
	 * @param spool that has them
	 * @param position of the first
	 * @param digest of them in hex
	 */
	record Content(Spool spool, long position, String digest) {

	}

}
