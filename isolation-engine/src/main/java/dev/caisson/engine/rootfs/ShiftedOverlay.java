package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.function.Supplier;

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

	static Fd mount(Overlay.Layout layout, Fd userNamespace) {
		if (!KernelVersion.RUNNING.isAtLeast(5, 19)) {
			throw new LinuxException("mount", "overlay of " + layout.upper(), Errno.EOPNOTSUPP,
					"user namespaces need overlays on id-mapped layers, which Linux has from 5.19");
		}
		if (KernelVersion.RUNNING.isAtLeast(6, 15)) {
			return mountOnDetached(layout, userNamespace);
		}
		return mountOnAttached(layout, userNamespace);
	}

	private static Fd mountOnDetached(Overlay.Layout layout, Fd userNamespace) {
		Fd parent = shifted(layout.upper().getParent(), userNamespace);
		return withIdsOf(parent, () -> {
			try (Overlay.Names names = new Overlay.Names(); Fd context = Overlay.open()) {
				String place = names.of(parent);
				for (Path layer : layout.layersLowestFirst().reversed()) {
					DetachedMount.set(context, "lowerdir+", names.of(shifted(layer, userNamespace)));
				}
				DetachedMount.set(context, "upperdir", place + "/" + layout.upper().getFileName());
				DetachedMount.set(context, "workdir", place + "/" + layout.work().getFileName());
				return Overlay.finish(context, layout, MountApi.MOUNT_ATTR_NODEV);
			}
		});
	}

	static Fd mountOnAttached(Overlay.Layout layout, Fd userNamespace) {
		return OwnMountNamespace.call("overlay", () -> {
			for (Path layer : layout.layersLowestFirst()) {
				try (Fd mount = shifted(layer, userNamespace)) {
					attach(mount, layer);
				}
			}
			Fd overlay;
			try (Fd parent = shifted(layout.upper().getParent(), userNamespace)) {
				attach(parent, layout.upper().getParent());
				overlay = withIdsOf(parent, () -> Overlay.mount(layout));
			}
			DetachedMount.change(overlay, false, MountApi.MOUNT_ATTR_NODEV, 0, 0);
			return overlay;
		});
	}

	/**
	 * On disk the directory of upper and work is root's, so it shows which ids root has.
	 */
	private static Fd withIdsOf(Fd parent, Supplier<Fd> action) {
		FileStatus status = FileStatus.of(parent);
		return FileIdentity.call(status.uid(), status.gid(), action);
	}

	private static void attach(Fd mount, Path directory) {
		try (Arena arena = Arena.ofConfined()) {
			Linux.call(SystemCall.MOVE_MOUNT, directory.toString(), mount.number(), Linux.text(arena, "").address(),
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
