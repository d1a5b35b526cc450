package dev.caisson.engine.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.rootfs.Overlay;
import dev.caisson.engine.rootfs.RootView;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.tar.TarWriter;
import dev.caisson.engine.tar.TreePacker;

/**
 * The files of a container, which are the container's to change at any time: every byte
 * and name may be an attack, and none of them leads to the host. Paths are the
 * container's own, absolute or taken to be so. Safe for use by many threads.
 */
public final class ContainerFilesystem {

	private final Container container;

	private final ContainerDirectory directory;

	ContainerFilesystem(Container container) {
		this.container = container;
		this.directory = container.life().directory();
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
			if (Files.isDirectory(this.directory.upper())) {
				try (Fd upper = open(this.directory.upper())) {
					packer.packContents(upper, "");
				}
			}
		}
	}

	/**
	 * Where the container differs from its image, sorted.
	 * @param layers of the image, lowest first
	 */
	public List<FileChange> changes(List<Path> layers) {
		if (!Files.isDirectory(this.directory.upper())) {
			return List.of();
		}
		try (Fd upper = open(this.directory.upper()); Fd below = RootView.below(lower(layers))) {
			return ChangeSurvey.of(upper, below);
		}
	}

	/**
	 * Writes all of its files but those in volumes as a tar archive.
	 * @param layers of the image, lowest first
	 * @param tar stays open
	 */
	public void writeAll(List<Path> layers, OutputStream tar) throws IOException {
		List<Path> all = new ArrayList<>(lower(layers));
		if (Files.isDirectory(this.directory.upper())) {
			all.add(this.directory.upper());
		}
		try (Fd root = RootView.below(all);
				TarWriter writer = new TarWriter(tar);
				TreePacker packer = new TreePacker(writer, TreePacker.Form.PLAIN)) {
			packer.packContents(root, "");
		}
	}

	/**
	 * Fills an empty directory with what the image has at a path, and makes it alike.
	 * @param layers of the image, lowest first
	 * @return whether the image has a directory there
	 */
	public boolean copyUp(List<Path> layers, String path, Path target) throws IOException {
		try (Fd root = RootView.below(lower(layers))) {
			return CopyUp.copy(root, path, target);
		}
	}

	/**
	 * What is at a path.
	 * @throws FileRefusedException if nothing is
	 */
	public PathStatus status(ContainerSpec spec, String path) {
		try (RootView view = viewForReading(spec); InsidePath inside = InsidePath.find(view, path)) {
			return inside.status();
		}
	}

	/**
	 * Writes a file, or a directory with all below it, as a tar archive.
	 * @param found is told what it is before the first byte is written
	 * @param tar stays open
	 * @throws FileRefusedException if there is nothing
	 */
	public void read(ContainerSpec spec, String path, Consumer<PathStatus> found, OutputStream tar) throws IOException {
		try (RootView view = viewForReading(spec); InsidePath inside = InsidePath.find(view, path)) {
			found.accept(inside.status());
			try (TarWriter writer = new TarWriter(tar);
					TreePacker packer = new TreePacker(writer, TreePacker.Form.PLAIN)) {
				packer.pack(inside.parent(), inside.entry(), inside.archiveName());
			}
		}
	}

	/**
	 * Unpacks an archive into a directory of the container. One that does not run cannot
	 * be started meanwhile.
	 * @param archive plain; stays open
	 * @param keepKinds whether nothing else may take the place of a directory, nor a
	 * directory that of anything else
	 * @param user who owns all of it, as in the container's own files; empty for whom the
	 * archive says
	 * @throws FileRefusedException if there is no such directory, or it cannot be written
	 * to
	 * @throws dev.caisson.engine.tar.InvalidTarException if the archive is malformed
	 * @throws IOException if reading it fails; what was unpacked by then stays
	 */
	public void write(ContainerSpec spec, String path, InputStream archive, boolean keepKinds, String user)
			throws IOException {
		RootView running = this.container.viewOfRun();
		if (running != null) {
			try (running) {
				IncomingFiles.unpack(running, path, archive, keepKinds, user);
			}
			return;
		}
		this.container.whileStopped(() -> {
			try (RootView view = stopped(spec)) {
				IncomingFiles.unpack(view, path, archive, keepKinds, user);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	private RootView viewForReading(ContainerSpec spec) {
		RootView running = this.container.viewOfRun();
		return (running != null) ? running : stopped(spec);
	}

	private RootView stopped(ContainerSpec spec) {
		try {
			Files.createDirectories(this.directory.upper());
			Files.createDirectories(this.directory.work());
			Path place = Files.createDirectories(this.directory.runRoot().resolve("empty"));
			List<MountSpec> mounts = spec.mounts();
			return RootView.ofStopped(new Overlay.Layout(lower(spec.root().layers()), this.directory.upper(),
					this.directory.work(), "", false), mounts, place, spec.root().readOnly());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("open the files of " + this.directory.id(), ex);
		}
	}

	private List<Path> lower(List<Path> layers) {
		List<Path> all = new ArrayList<>(List.of(Skeleton.make(this.directory.dataRoot())));
		all.addAll(layers);
		return all;
	}

	private static Fd open(Path path) {
		return Fd.open(path, Fd.O_PATH | Fd.O_DIRECTORY);
	}

}
