package dev.caisson.platform.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import dev.caisson.engine.spec.ContainerId;

/**
 * What builds have on disk besides images: contexts, which have no names, and a note of
 * each container that is under way, written before the container is made. Whatever is
 * there at a start was left by a crash.
 */
final class BuildDirectory {

	private final Path contexts;

	private final Path containers;

	private final Path cache;

	/**
	 * @param path made if it is not there; for root alone
	 */
	BuildDirectory(Path path) {
		this.contexts = path.resolve("contexts");
		this.containers = path.resolve("containers");
		this.cache = path.resolve("cache");
		try {
			Files.createDirectories(path);
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
			Files.createDirectories(this.contexts);
			Files.createDirectories(this.containers);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make directory " + path, ex);
		}
	}

	Path contexts() {
		return this.contexts;
	}

	Path cache() {
		return this.cache;
	}

	void note(ContainerId id) {
		try {
			Files.createFile(this.containers.resolve(id.value()));
			try (FileChannel directory = FileChannel.open(this.containers, StandardOpenOption.READ)) {
				directory.force(true);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("note the container of a build", ex);
		}
	}

	void strike(ContainerId id) {
		try {
			Files.deleteIfExists(this.containers.resolve(id.value()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("forget the container of a build", ex);
		}
	}

	/** The containers that were under way when an earlier service ended. */
	List<ContainerId> noted() {
		return names(this.containers).stream()
			.filter((name) -> name.matches("[0-9a-f]{64}"))
			.map(ContainerId::new)
			.toList();
	}

	/** Removes contexts whose service was killed before they had lost their names. */
	void removeContexts() {
		for (String name : names(this.contexts)) {
			try {
				Files.deleteIfExists(this.contexts.resolve(name));
			}
			catch (IOException ex) {
				throw new UncheckedIOException("remove the context of a build", ex);
			}
		}
	}

	private static List<String> names(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list " + directory, ex);
		}
	}

}
