package dev.caisson.platform.build.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a client sent to build from: a tree of names in memory, the content on disk.
 * Reading is safe for use by many threads.
 */
public final class BuildContext implements AutoCloseable {

	private static final String IGNORE = ".dockerignore";

	/** Far above what people write. */
	private static final int LARGEST_TEXT = 4 << 20;

	private final Spool spool;

	private final ContextFile root;

	private BuildContext(Spool spool, ContextFile root) {
		this.spool = spool;
		this.root = root;
	}

	/**
	 * Reads an archive to its end, plain or packed by gzip or zstd.
	 * @param archive is closed
	 * @param directory where its content may be stored
	 * @throws IOException if reading or storing fails
	 * @throws CopyException if it is malformed or goes beyond a limit
	 */
	public static BuildContext read(InputStream archive, Path directory, ContextLimits limits) throws IOException {
		Spool spool = Spool.in(directory);
		try {
			return new BuildContext(spool, new ContextReader(spool, limits).read(archive));
		}
		catch (IOException | RuntimeException ex) {
			spool.close();
			throw ex;
		}
	}

	public SourceFile root() {
		return this.root;
	}

	/**
	 * The text of a file; empty if there is none.
	 * @throws CopyException if it is too large
	 */
	public Optional<String> text(String path) throws IOException {
		SourceFile file = Found.at(this.root, Names.ofText(path)).file();
		if (file == null || !file.isFile()) {
			return Optional.empty();
		}
		if (file.entry().stored() > LARGEST_TEXT) {
			throw new CopyException(path + " has more than " + LARGEST_TEXT + " bytes");
		}
		try (InputStream in = file.open()) {
			return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
		}
	}

	/** Takes out what its {@code .dockerignore} says, if it has one. */
	public void applyIgnoreFile() throws IOException {
		Optional<String> text = text(IGNORE);
		if (text.isPresent()) {
			IgnorePatterns.parse(text.get()).removeFrom(this.root);
		}
	}

	@Override
	public void close() throws IOException {
		this.spool.close();
	}

}
