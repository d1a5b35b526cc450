package dev.caisson.platform.build.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

import dev.caisson.engine.tar.TarEntry;
import org.jspecify.annotations.Nullable;

/**
 * A file in a tree of them. Names are as {@link TarEntry} has them, a byte per character.
 * Trees are for one thread unless they say otherwise.
 */
public interface SourceFile {

	/** What it is like; the name in it means nothing. */
	TarEntry entry();

	/** What a directory has under a name, a symbolic link not followed, or null. */
	@Nullable SourceFile child(String name);

	/** The names in a directory, sorted. */
	List<String> names();

	/** The stored bytes of a file, {@link TarEntry#stored} of them. */
	InputStream open() throws IOException;

	/** The digest of a file's content in hex. */
	String digest() throws IOException;

	default boolean isDirectory() {
		return entry().kind() == TarEntry.Kind.DIRECTORY;
	}

	default boolean isFile() {
		return entry().kind() == TarEntry.Kind.FILE;
	}

}
