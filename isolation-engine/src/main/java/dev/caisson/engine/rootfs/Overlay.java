package dev.caisson.engine.rootfs;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;

/**
 * The container's root file system as an overlay that is mounted nowhere: a descriptor
 * that the container's first process puts in its place. Nobody on the host ever sees it,
 * and no crash can leave it behind. Sources: overlayfs.rst of the kernel, fsopen(2),
 * mount_setattr(2).
 */
public final class Overlay {

	/** fsconfig(2) refuses longer texts. */
	private static final int LONGEST_OPTION = 255;

	private Overlay() {
	}

	/**
	 * Mounts an overlay, detached.
	 * @param layersLowestFirst directories, none of them changed while it lives
	 * @param upper where changes go
	 * @param work an empty directory on the same file system as upper
	 * @param label the SELinux label of all its files; empty for none
	 * @return the root of the overlay; the caller closes it
	 * @throws LinuxException if the kernel refuses, with its reason
	 */
	public static Fd mount(List<Path> layersLowestFirst, Path upper, Path work, String label) {
		boolean addsLayers = KernelVersion.RUNNING.isAtLeast(6, 7);
		if (!addsLayers && joined(layersLowestFirst).length() > LONGEST_OPTION) {
			return LegacyOverlay.mount(layersLowestFirst, upper, work, label);
		}
		try (Names names = new Names(); Fd context = open()) {
			if (addsLayers) {
				for (Path layer : layersLowestFirst.reversed()) {
					DetachedMount.set(context, "lowerdir+", names.of(layer));
				}
			}
			else {
				DetachedMount.set(context, "lowerdir", joined(layersLowestFirst));
			}
			DetachedMount.set(context, "upperdir", names.of(upper));
			DetachedMount.set(context, "workdir", names.of(work));
			return finish(context, upper, label, 0);
		}
	}

	/**
	 * Mounts an overlay whose files belong to the ids of a user namespace, though on disk
	 * they keep those of the image: its layers are seen through id-mapped mounts.
	 * @param upper where changes go; its parent is also that of {@code work}
	 * @param userNamespace the container's user namespace
	 * @throws LinuxException if the kernel refuses, with what it lacks
	 */
	public static Fd mountShifted(List<Path> layersLowestFirst, Path upper, Path work, String label, Fd userNamespace) {
		if (!upper.getParent().equals(work.getParent())) {
			throw new IllegalArgumentException("upper and work must have the same parent: " + upper + ", " + work);
		}
		return ShiftedOverlay.mount(layersLowestFirst, upper, work, label, userNamespace);
	}

	static Fd open() {
		try {
			return DetachedMount.open("overlay");
		}
		catch (LinuxException ex) {
			throw new LinuxException(ex.operation(), ex.object(), ex.errno(),
					"the kernel has no overlay file system; load its module with `modprobe overlay`");
		}
	}

	/** Sets what all overlays have, and mounts. */
	static Fd finish(Fd context, Path upper, String label, long attributes) {
		// a layer's attributes must not redirect a lookup or lend another file's data
		DetachedMount.set(context, "redirect_dir", "nofollow");
		DetachedMount.set(context, "metacopy", "off");
		DetachedMount.set(context, "index", "off");
		if (!label.isEmpty()) {
			DetachedMount.set(context, "context", label);
		}
		try {
			return DetachedMount.create(context, "overlay of " + upper, attributes);
		}
		catch (LinuxException ex) {
			throw new LinuxException("mount", ex.object(), ex.errno(), ex.getMessage() + "; " + remedy(ex));
		}
	}

	private static String remedy(LinuxException ex) {
		return switch (ex.errno()) {
			case EINVAL -> "put the data root on a file system that can hold an overlay's upper directory, "
					+ "such as ext4, xfs or tmpfs, but not another overlay; the kernel's log says more";
			case ENOENT, ENOTDIR -> "a layer, the upper or the work directory is missing";
			case ELOOP -> "upper, work and layers must not contain each other";
			case EBUSY -> "another overlay uses the same upper or work directory";
			case EPERM, EACCES -> "the service must run as root with CAP_SYS_ADMIN";
			default -> "see dmesg for the kernel's reason";
		};
	}

	private static String joined(List<Path> layersLowestFirst) {
		return layersLowestFirst.reversed()
			.stream()
			.map((layer) -> layer.toString().replaceAll("([\\\\:,])", "\\\\$1"))
			.reduce((a, b) -> a + ":" + b)
			.orElse("");
	}

	/**
	 * Names of directories as options: the path itself where it needs no escape and is
	 * not too long, else that of a descriptor.
	 */
	static final class Names implements AutoCloseable {

		private final List<Fd> open = new ArrayList<>();

		String of(Path path) {
			String text = path.toString();
			boolean plain = text.chars().noneMatch((c) -> "\\:,".indexOf(c) >= 0);
			return (plain && text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_OPTION) ? text
					: ofDescriptor(path);
		}

		String ofDescriptor(Path path) {
			return of(Fd.open(path, Fd.O_PATH | Fd.O_DIRECTORY));
		}

		/** Takes over the descriptor. */
		String of(Fd directory) {
			this.open.add(directory);
			return "/proc/self/fd/" + directory.number();
		}

		@Override
		public void close() {
			this.open.forEach(Fd::close);
		}

	}

}
