package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The lowest layer of every container: the places on which each start mounts something,
 * so that they need not be made in each container's own layer, where they would cost time
 * and show up as changes.
 */
final class Skeleton {

	private static final List<String> DIRECTORIES = List.of("dev", "etc", "proc", "sys");

	private static final List<String> FILES = List.of("etc/hostname", "etc/hosts", "etc/resolv.conf");

	private Skeleton() {
	}

	/** Makes what is missing, and answers the layer. */
	static Path make(Path dataRoot) {
		Path skeleton = dataRoot.resolve("skeleton");
		try {
			Files.createDirectories(skeleton);
			for (String directory : DIRECTORIES) {
				Path made = Files.createDirectories(skeleton.resolve(directory));
				Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
			}
			for (String file : FILES) {
				Path made = skeleton.resolve(file);
				if (Files.notExists(made)) {
					Files.createFile(made);
				}
				Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-r--r--"));
			}
			return skeleton;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("make " + skeleton + ": " + ex.getMessage(), ex);
		}
	}

}
