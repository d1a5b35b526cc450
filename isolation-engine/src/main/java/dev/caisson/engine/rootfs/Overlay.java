package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

	/** Linux 5.10. */
	static final String VOLATILE = "volatile";

	private Overlay() {
	}

	/**
	 * What an overlay is made of.
	 *
	 * @param layersLowestFirst directories, none of them changed while it lives
	 * @param upper where changes go
	 * @param work an empty directory on the same file system as upper, or one that served
	 * an earlier overlay on the same upper
	 * @param label the SELinux label of all its files; empty for none
	 * @param discarded whether nobody will want its changes after its end or a crash of
	 * the host. Then nothing is forced to disk. Otherwise the kernel writes back the
	 * whole file system of upper, with the data of everybody else on it, before an
	 * overlay is gone, which takes milliseconds and on a busy disk seconds.
	 */
	public record Layout(List<Path> layersLowestFirst, Path upper, Path work, String label, boolean discarded) {

		public Layout {
			layersLowestFirst = List.copyOf(layersLowestFirst);
		}

	}

	/** Mounts an overlay whose changes are kept. */
	public static Fd mount(List<Path> layersLowestFirst, Path upper, Path work, String label) {
		return mount(new Layout(layersLowestFirst, upper, work, label, false));
	}

	/**
	 * Mounts an overlay, detached.
	 * @return its root; the caller closes it
	 * @throws LinuxException if the kernel refuses, with its reason
	 */
	public static Fd mount(Layout layout) {
		boolean addsLayers = KernelVersion.RUNNING.isAtLeast(6, 7);
		String joined = joined(layout.layersLowestFirst());
		if (!addsLayers && joined.length() > LONGEST_OPTION) {
			return LegacyOverlay.mount(layout);
		}
		try (Names names = new Names(); Fd context = open()) {
			if (addsLayers) {
				for (Path layer : layout.layersLowestFirst().reversed()) {
					DetachedMount.set(context, "lowerdir+", names.of(layer));
				}
			}
			else {
				DetachedMount.set(context, "lowerdir", joined);
			}
			DetachedMount.set(context, "upperdir", names.of(layout.upper()));
			DetachedMount.set(context, "workdir", names.of(layout.work()));
			return finish(context, layout, 0);
		}
	}

	/** Mounts layers alone, at least two, detached and read-only. */
	static Fd mountReadOnly(List<Path> layersLowestFirst) {
		try (Names names = new Names(); Fd context = open()) {
			if (KernelVersion.RUNNING.isAtLeast(6, 7)) {
				for (Path layer : layersLowestFirst.reversed()) {
					DetachedMount.set(context, "lowerdir+", names.of(layer));
				}
			}
			else {
				DetachedMount.set(context, "lowerdir", joined(layersLowestFirst));
			}
			DetachedMount.set(context, "redirect_dir", "nofollow");
			return DetachedMount.create(context, "overlay of layers", MountApi.MOUNT_ATTR_RDONLY);
		}
	}

	/** Mounts an overlay whose changes are kept, with the ids of a user namespace. */
	public static Fd mountShifted(List<Path> layersLowestFirst, Path upper, Path work, String label, Fd userNamespace) {
		return mountShifted(new Layout(layersLowestFirst, upper, work, label, false), userNamespace);
	}

	/**
	 * Mounts an overlay whose files belong to the ids of a user namespace, though on disk
	 * they keep those of the image: its layers are seen through id-mapped mounts.
	 * @param layout of which upper and work have the same parent, which is root's
	 * @param userNamespace the container's user namespace
	 * @throws LinuxException if the kernel refuses, with what it lacks
	 */
	public static Fd mountShifted(Layout layout, Fd userNamespace) {
		if (!layout.upper().getParent().equals(layout.work().getParent())) {
			throw new IllegalArgumentException("upper and work must have the same parent: " + layout);
		}
		return ShiftedOverlay.mount(layout, userNamespace);
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
	static Fd finish(Fd context, Layout layout, long attributes) {
		// a layer's attributes must not redirect a lookup or lend another file's data
		DetachedMount.set(context, "redirect_dir", "nofollow");
		DetachedMount.set(context, "metacopy", "off");
		DetachedMount.set(context, "index", "off");
		if (skipsDisk(layout)) {
			DetachedMount.set(context, VOLATILE);
		}
		if (!layout.label().isEmpty()) {
			DetachedMount.set(context, "context", layout.label());
		}
		try {
			return DetachedMount.create(context, "overlay of " + layout.upper(), attributes);
		}
		catch (LinuxException ex) {
			throw new LinuxException("mount", ex.object(), ex.errno(), ex.getMessage() + "; " + remedy(ex));
		}
	}

	/**
	 * Whether the option is to be set; takes away what an earlier overlay left to forbid
	 * it.
	 */
	static boolean skipsDisk(Layout layout) {
		if (!layout.discarded() || !KernelVersion.RUNNING.isAtLeast(5, 10)) {
			return false;
		}
		Path mark = layout.work().resolve("work/incompat/volatile");
		try {
			Files.deleteIfExists(mark.resolve("dirty"));
			Files.deleteIfExists(mark);
			return true;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("cannot take away " + mark, ex);
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
