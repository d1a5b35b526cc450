package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * Overlays over id-mapped mounts, for containers with a user namespace. From Linux 6.15
 * overlayfs takes detached mounts as layers; before, a layer's mount must be in the
 * mounter's namespace, so a thread with a namespace of its own lays them over the
 * directories.
 */
final class ShiftedOverlay {

	private ShiftedOverlay() {
	}

	static Fd mount(List<Path> layersLowestFirst, Path upper, Path work, String label, Fd userNamespace) {
		if (!KernelVersion.RUNNING.isAtLeast(5, 19)) {
			throw new LinuxException("mount", "overlay of " + upper, Errno.EOPNOTSUPP,
					"user namespaces need overlays on id-mapped layers, which Linux has from 5.19");
		}
		if (KernelVersion.RUNNING.isAtLeast(6, 15)) {
			return mountOnDetached(layersLowestFirst, upper, work, label, userNamespace);
		}
		return mountOnAttached(layersLowestFirst, upper, work, label, userNamespace);
	}

	static Fd mountOnDetached(List<Path> layersLowestFirst, Path upper, Path work, String label, Fd userNamespace) {
		try (Overlay.Names names = new Overlay.Names(); Fd context = Overlay.open()) {
			for (Path layer : layersLowestFirst.reversed()) {
				DetachedMount.set(context, "lowerdir+", names.of(shifted(layer, userNamespace)));
			}
			String parent = names.of(shifted(upper.getParent(), userNamespace));
			DetachedMount.set(context, "upperdir", parent + "/" + upper.getFileName());
			DetachedMount.set(context, "workdir", parent + "/" + work.getFileName());
			return Overlay.finish(context, upper, label, MountApi.MOUNT_ATTR_NODEV);
		}
	}

	static Fd mountOnAttached(List<Path> layersLowestFirst, Path upper, Path work, String label, Fd userNamespace) {
		return OwnMountNamespace.call("overlay", () -> {
			for (Path layer : layersLowestFirst) {
				attach(layer, userNamespace);
			}
			attach(upper.getParent(), userNamespace);
			Fd overlay = Overlay.mount(layersLowestFirst, upper, work, label);
			DetachedMount.change(overlay, false, MountApi.MOUNT_ATTR_NODEV, 0, 0);
			return overlay;
		});
	}

	private static void attach(Path directory, Fd userNamespace) {
		try (Fd shifted = shifted(directory, userNamespace); Arena arena = Arena.ofConfined()) {
			Linux.call(SystemCall.MOVE_MOUNT, directory.toString(), shifted.number(), Linux.text(arena, "").address(),
					Linux.AT_FDCWD, Linux.text(arena, directory.toString()).address(),
					MountApi.MOVE_MOUNT_F_EMPTY_PATH);
		}
	}

	private static Fd shifted(Path directory, Fd userNamespace) {
		Fd mount = DetachedMount.bind(directory, false);
		try {
			DetachedMount.change(mount, false, MountApi.MOUNT_ATTR_IDMAP, 0, userNamespace.number());
			return mount;
		}
		catch (LinuxException ex) {
			mount.close();
			throw ex.is(Errno.EINVAL) ? new LinuxException("map the ids of", directory.toString(), Errno.EOPNOTSUPP,
					"its file system cannot be mounted with other ids; user namespaces need the data root on "
							+ "ext4 or xfs (Linux 5.12), btrfs (5.15) or tmpfs (6.3)")
					: ex;
		}
	}

}
