package dev.caisson.platform.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes the files below a directory have, each counted once. */
public final class DirectorySize {

	private DirectorySize() {
	}

	/** Files may come and go meanwhile: what cannot be read is not counted. */
	public static long of(Path directory) {
		AtomicLong total = new AtomicLong();
		Set<Object> seen = new HashSet<>();
		if (!Files.isDirectory(directory)) {
			return 0;
		}
		try {
			Files.walkFileTree(directory, new SimpleFileVisitor<>() {

				@Override
				public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
					if (attributes.isRegularFile() && seen.add(attributes.fileKey())) {
						total.addAndGet(attributes.size());
					}
					return FileVisitResult.CONTINUE;
				}

				@Override
				public FileVisitResult visitFileFailed(Path file, IOException failure) {
					return FileVisitResult.CONTINUE;
				}

				@Override
				public FileVisitResult postVisitDirectory(Path visited, IOException failure) {
					return FileVisitResult.CONTINUE;
				}

			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException("measure " + directory, ex);
		}
		return total.get();
	}

}
