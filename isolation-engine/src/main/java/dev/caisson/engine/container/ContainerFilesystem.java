package dev.caisson.engine.container;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.tar.TarWriter;
import dev.caisson.engine.tar.TreePacker;

/**
 * The files of a container, which are the container's to change at any time: every byte
 * and name may be an attack, and none of them leads to the host. Safe for use by many
 * threads.
 */
public final class ContainerFilesystem {

	private final Path upper;

	ContainerFilesystem(ContainerDirectory directory) {
		this.upper = directory.data().resolve("upper");
	}

	/**
	 * Writes what the container has changed of its image as a layer: an uncompressed tar
	 * archive, with whiteouts for what was deleted. Volumes are no part of it. Of a
	 * container that runs on meanwhile each file is as it was at some instant; see
	 * {@link Container#whileFrozen}.
	 * @param tar stays open
	 * @throws IOException if writing fails
	 * @throws dev.caisson.engine.linux.LinuxException if something cannot be read
	 */
	public void writeChanges(OutputStream tar) throws IOException {
		try (TarWriter writer = new TarWriter(tar); TreePacker packer = new TreePacker(writer, TreePacker.Form.LAYER)) {
			if (Files.isDirectory(this.upper)) {
				try (Fd directory = Fd.open(this.upper, Fd.O_PATH | Fd.O_DIRECTORY)) {
					packer.packContents(directory, "");
				}
			}
		}
	}

}
