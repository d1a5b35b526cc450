package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The older files of a log, {@code .1} the newest of them, each perhaps compressed, with
 * {@code .gz} behind its name.
 *
 * @param current the file that is written
 * @param maxFiles how many there may be, with the current one
 */
record RotatedLogs(Path current, int maxFiles) {

	Path plain(int index) {
		return named("." + index);
	}

	Path packed(int index) {
		return named("." + index + ".gz");
	}

	private Path named(String suffix) {
		return this.current.resolveSibling(this.current.getFileName() + suffix);
	}

	/** Makes a file the newest of them. */
	void takeIn(Path file) throws IOException {
		makeRoom();
		delete(1);
		Files.move(file, plain(1), StandardCopyOption.REPLACE_EXISTING);
	}

	/** Renames up to the first gap, which a rotation that was cut short leaves. */
	private void makeRoom() throws IOException {
		int gap = 1;
		while (gap < this.maxFiles - 1 && (Files.exists(plain(gap)) || Files.exists(packed(gap)))) {
			gap++;
		}
		for (int i = gap; i > 1; i--) {
			delete(i);
			move(plain(i - 1), plain(i));
			move(packed(i - 1), packed(i));
		}
	}

	private static void move(Path from, Path to) throws IOException {
		if (Files.exists(from)) {
			Files.move(from, to);
		}
	}

	private void delete(int index) throws IOException {
		Files.deleteIfExists(plain(index));
		Files.deleteIfExists(packed(index));
	}

}
