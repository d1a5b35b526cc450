package dev.caisson.platform.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;

import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageStore;
import dev.caisson.platform.CaissonSettings;

import org.springframework.stereotype.Component;

/** How much room containers take. */
@Component
final class ContainerSizes {

	private final Path containers;

	private final ImageStore images;

	ContainerSizes(CaissonSettings settings, ImageStore images) {
		this.containers = settings.dataRoot().resolve("containers");
		this.images = images;
	}

	Sizes of(ContainerEntry entry) {
		return new Sizes(bytesBelow(this.containers.resolve(entry.id().value()).resolve("upper")), image(entry));
	}

	private long image(ContainerEntry entry) {
		try {
			return this.images.find(entry.imageId().toString()).size();
		}
		catch (ImageNotFoundException ex) {
			return 0;
		}
	}

	/** Files may come and go meanwhile: what cannot be read is not counted. */
	private static long bytesBelow(Path directory) {
		AtomicLong total = new AtomicLong();
		if (!Files.isDirectory(directory)) {
			return 0;
		}
		try {
			Files.walkFileTree(directory, new SimpleFileVisitor<>() {

				@Override
				public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
					if (attributes.isRegularFile()) {
						total.addAndGet(attributes.size());
					}
					return FileVisitResult.CONTINUE;
				}

				@Override
				public FileVisitResult visitFileFailed(Path file, IOException failure) {
					return FileVisitResult.CONTINUE;
				}

			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException("measure " + directory, ex);
		}
		return total.get();
	}

	/**
	 * Bytes.
	 *
	 * @param own what the container has written
	 * @param image what it shares with others
	 */
	record Sizes(long own, long image) {
	}

}
