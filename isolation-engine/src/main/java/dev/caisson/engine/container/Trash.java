package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories that are to go: moved here at once and then deleted, or at the next start
 * if the service is killed before. Safe for use by many threads.
 */
public final class Trash {

	private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

	private final Path directory;

	private final Executor background;

	private final AtomicLong names = new AtomicLong(System.nanoTime());

	/**
	 * @param directory of which nobody else makes use, on the same file system
	 * @param background deletes what an earlier service left
	 */
	public Trash(Path directory, Executor background) {
		this.directory = directory;
		this.background = background;
	}

	/**
	 * Takes a directory away.
	 * @return deletes it
	 */
	public Runnable withdraw(Path unwanted) {
		try {
			if (!Files.exists(unwanted, LinkOption.NOFOLLOW_LINKS)) {
				return () -> {
				};
			}
			Files.createDirectories(this.directory);
			Path taken = name();
			Files.move(unwanted, taken);
			return () -> tryDelete(taken);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("remove " + unwanted + ": " + ex.getMessage(), ex);
		}
	}

	/**
	 * Removes a directory: it is away from where it was at once. Nothing happens if it is
	 * not there. Blocks until all of it is deleted.
	 */
	void take(Path unwanted) {
		withdraw(unwanted).run();
	}

	/** Deletes what an earlier service had not got to. */
	public void empty() {
		if (Files.isDirectory(this.directory)) {
			this.background.execute(() -> {
				try (DirectoryStream<Path> all = Files.newDirectoryStream(this.directory)) {
					all.forEach(this::tryDelete);
				}
				catch (IOException ex) {
					LOG.warn("empty {}", this.directory, ex);
				}
			});
		}
	}

	private Path name() {
		return this.directory.resolve(Long.toString(this.names.incrementAndGet()));
	}

	private void tryDelete(Path tree) {
		try {
			delete(tree);
		}
		catch (IOException ex) {
			LOG.warn("remove {}", tree, ex);
		}
	}

	/**
	 * A container may have nested directories deeper than a path can be long, or a stack.
	 * So whatever is not empty is moved up here before it is looked into.
	 */
	private void delete(Path tree) throws IOException {
		Deque<Path> waiting = new ArrayDeque<>();
		waiting.add(tree);
		for (Path next = waiting.poll(); next != null; next = waiting.poll()) {
			if (Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)) {
				try (DirectoryStream<Path> children = Files.newDirectoryStream(next)) {
					for (Path child : children) {
						deleteOrMove(child, waiting);
					}
				}
			}
			Files.deleteIfExists(next);
		}
	}

	private void deleteOrMove(Path child, Deque<Path> waiting) throws IOException {
		try {
			Files.deleteIfExists(child);
		}
		catch (DirectoryNotEmptyException ex) {
			Path moved = name();
			Files.move(child, moved);
			waiting.add(moved);
		}
	}

}
