package dev.caisson.engine.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are at any instant, a crash included, either the old or the new one. */
final class DurableFile {

	static final String TEMPORARY = ".new";

	private DurableFile() {
	}

	/** Replaces a file; content and name are on disk when this returns. */
	static void replace(Path path, byte[] content) throws IOException {
		put(path, content);
		// the new name is on disk only when the directory is
		try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
			directory.force(true);
		}
	}

	/** Makes a file; its content is on disk when this returns, and before its name is. */
	static void put(Path path, byte[] content) throws IOException {
		Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY);
		try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
				StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
			ByteBuffer buffer = ByteBuffer.wrap(content);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
			channel.force(true);
		}
		Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
	}

}
