package dev.caisson.platform.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.image.Digest;
import dev.caisson.engine.image.Image;
import dev.caisson.engine.image.ImageNotFoundException;
import dev.caisson.engine.image.ImageStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which step on top of which image made which image. A line of a file each, {@code KEY
 * IMAGE}: what a crash cuts off is a step that is done again. An entry whose image is
 * gone means nothing. Safe for use by many threads.
 */
final class StepCache {

	private static final Logger log = LoggerFactory.getLogger(StepCache.class);

	/** As many entries again as there are images may be out of date, then they go. */
	private static final int STALE = 1000;

	private final Path file;

	private final ImageStore images;

	private final Map<String, Digest> made = new LinkedHashMap<>();

	private int lines;

	StepCache(Path file, ImageStore images) {
		this.file = file;
		this.images = images;
		try {
			if (Files.exists(file)) {
				Files.readAllLines(file, StandardCharsets.ISO_8859_1).forEach(this::read);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + file, ex);
		}
	}

	private void read(String line) {
		this.lines++;
		String[] words = line.split(" ");
		try {
			if (words.length == 2) {
				this.made.put(words[0], Digest.parse(words[1]));
			}
		}
		catch (IllegalArgumentException ex) {
			log.debug("a line of {} is not whole", this.file);
		}
	}

	/**
	 * The key of a step.
	 * @param parent the image below, or null
	 * @param step everything that its result depends on besides
	 */
	static String key(@Nullable Digest parent, String step) {
		return Digest.ofBytes((parent + "\n" + step).getBytes(StandardCharsets.UTF_8)).hex();
	}

	/** The image that the step made before, if it is still there. */
	synchronized Optional<Image> find(String key) {
		Digest image = this.made.get(key);
		if (image == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(this.images.find(image.toString()));
		}
		catch (ImageNotFoundException ex) {
			this.made.remove(key);
			return Optional.empty();
		}
	}

	/** Remembers a step; one that cannot be written down is done again some day. */
	synchronized void put(String key, Digest image) {
		this.made.put(key, image);
		try {
			if (++this.lines > 2 * this.made.size() + STALE) {
				rewrite();
			}
			else {
				Files.writeString(this.file, key + " " + image + "\n", StandardCharsets.ISO_8859_1,
						StandardOpenOption.CREATE, StandardOpenOption.APPEND);
			}
		}
		catch (IOException ex) {
			log.warn("a step of a build cannot be remembered: {}", ex.getMessage());
		}
	}

	/**
	 * Forgets steps, which are done again when they are next wanted.
	 * @param all also those whose images are still there
	 * @return their keys
	 */
	synchronized List<String> forget(boolean all) throws IOException {
		List<String> forgotten = List.copyOf(this.made.keySet())
			.stream()
			.filter((key) -> all || find(key).isEmpty())
			.toList();
		this.made.keySet().removeAll(forgotten);
		rewrite();
		return forgotten;
	}

	private void rewrite() throws IOException {
		StringBuilder text = new StringBuilder();
		this.made.forEach((key, image) -> text.append(key).append(' ').append(image).append('\n'));
		Path temporary = this.file.resolveSibling(this.file.getFileName() + ".new");
		Files.writeString(temporary, text, StandardCharsets.ISO_8859_1);
		try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
			channel.force(true);
		}
		Files.move(temporary, this.file, StandardCopyOption.ATOMIC_MOVE);
		this.lines = this.made.size();
	}

}
