package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.MountSpec;

/**
 * The root of a container for the service to look into, with its volumes in their places.
 * What is mounted for it is in a mount namespace that this holds and nobody else, so
 * closing leaves nothing, and neither does a crash. Paths are to be resolved below
 * {@link #root} with RESOLVE_IN_ROOT only. Not thread-safe.
 */
public final class RootView implements AutoCloseable {

	private final Fd root;

	private final Fd namespace;

	private RootView(Fd root, Fd namespace) {
		this.root = root;
		this.namespace = namespace;
	}

	/**
	 * Of a running container, as it sees itself.
	 * @param mountNamespace of its first process; taken over
	 */
	public static RootView ofRunning(Fd mountNamespace) {
		try {
			// the root of the namespace: its processes may have changed their own
			Fd root = OwnMountNamespace.inside(mountNamespace, () -> Fd.open(Path.of("/"), Fd.O_PATH | Fd.O_DIRECTORY));
			return new RootView(root, mountNamespace);
		}
		catch (RuntimeException ex) {
			mountNamespace.close();
			throw ex;
		}
	}

	/**
	 * Of a container that does not run, and must not be started while this is open,
	 * unless it is read-only.
	 * @param layout of its overlay
	 * @param mounts of which binds are put in their places
	 * @param place an empty directory of the host
	 * @param readOnly whether nothing can be written outside of its mounts
	 */
	public static RootView ofStopped(Overlay.Layout layout, List<MountSpec> mounts, Path place, boolean readOnly) {
		Deque<Fd> opened = new ArrayDeque<>();
		try {
			Fd namespace = OwnMountNamespace.call("the root of a container", () -> {
				Fd own = push(opened, Fd.open(Path.of("/proc/thread-self/ns/mnt"), Fd.O_RDONLY));
				push(opened, assemble(layout, mounts, place, readOnly));
				return own;
			});
			return new RootView(opened.pop(), namespace);
		}
		catch (RuntimeException ex) {
			opened.forEach(Fd::close);
			throw ex;
		}
	}

	private static Fd push(Deque<Fd> opened, Fd fd) {
		opened.push(fd);
		return fd;
	}

	private static Fd assemble(Overlay.Layout layout, List<MountSpec> mounts, Path place, boolean readOnly) {
		try (Fd overlay = Overlay.mount(layout); Fd host = Fd.open(place, Fd.O_PATH | Fd.O_DIRECTORY)) {
			move(overlay, host);
		}
		Fd root = Fd.open(place, Fd.O_PATH | Fd.O_DIRECTORY);
		try {
			List<MountSpec> ordered = new ArrayList<>(mounts);
			ordered.sort(Comparator.comparingInt((mount) -> Path.of(mount.target()).getNameCount()));
			for (MountSpec mount : ordered) {
				if (mount instanceof MountSpec.Bind bind) {
					attach(root, bind);
				}
			}
			if (readOnly) {
				DetachedMount.change(root, false, MountApi.MOUNT_ATTR_RDONLY, 0, 0);
			}
			return root;
		}
		catch (RuntimeException ex) {
			root.close();
			throw ex;
		}
	}

	private static void attach(Fd root, MountSpec.Bind bind) {
		String target = RootFilesystem.normalize(bind.target());
		try (Fd source = BindSource.open(bind)) {
			new ImageRoot(root).ensure(target, FileStatus.of(source).directory());
			try (Fd place = root.openAt(target, Fd.O_PATH, 0, Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS)) {
				move(source, place);
			}
		}
	}

	private static void move(Fd mount, Fd place) {
		try (Arena arena = Arena.ofConfined()) {
			long empty = Linux.text(arena, "").address();
			Linux.call(SystemCall.MOVE_MOUNT, place.name(), mount.number(), empty, place.number(), empty,
					MountApi.MOVE_MOUNT_F_EMPTY_PATH | MountApi.MOVE_MOUNT_T_EMPTY_PATH);
		}
	}

	/** The root directory, as a place. */
	public Fd root() {
		return this.root;
	}

	/** Where a path leads when every symbolic link is followed, for showing. */
	public String follow(String path) {
		return new ImageRoot(this.root).follow(path);
	}

	/**
	 * Which user the container's own files give a name, as {@link UserDatabase#resolve}.
	 */
	public ResolvedUser resolve(String user) {
		return UserDatabase.read(this.root).resolve(user, List.of());
	}

	/**
	 * The layers below a container's own, as one read-only tree.
	 * @throws LinuxException if the kernel refuses
	 */
	public static Fd below(List<Path> layersLowestFirst) {
		if (layersLowestFirst.size() < 2) {
			throw new LinuxException("mount overlay", layersLowestFirst.toString(), Errno.EINVAL,
					"without an upper layer it needs two lower ones");
		}
		return Overlay.mountReadOnly(layersLowestFirst);
	}

	@Override
	public void close() {
		this.root.close();
		this.namespace.close();
	}

}
