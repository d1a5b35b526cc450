package dev.caisson.engine.rootfs;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;

/**
 * A file system that is mounted on the host for containers to use. Whoever mounts one has
 * to have written down where before.
 */
public final class HostMount {

	/** Of linux/mount.h, by the words of mount(8). */
	private static final Map<String, Long> FLAGS = Map.ofEntries(Map.entry("ro", 1L), Map.entry("nosuid", 2L),
			Map.entry("nodev", 4L), Map.entry("noexec", 8L), Map.entry("sync", 16L), Map.entry("dirsync", 128L),
			Map.entry("noatime", 1L << 10), Map.entry("nodiratime", 1L << 11), Map.entry("bind", 1L << 12),
			Map.entry("rbind", (1L << 12) | (1L << 14)), Map.entry("relatime", 1L << 21),
			Map.entry("strictatime", 1L << 24), Map.entry("lazytime", 1L << 25));

	private static final List<String> NOTHING = List.of("defaults", "rw", "suid", "dev", "exec", "async", "atime");

	private static final long MS_REMOUNT = 1 << 5, MS_BIND = 1 << 12;

	private HostMount() {
	}

	/**
	 * Mounts a file system; see mount(2).
	 * @param type such as {@code tmpfs} or {@code nfs}; of no meaning for a bind
	 * @param device a path, or what the type wants
	 * @param target a directory
	 * @param options with commas, as in mount(8)
	 * @throws LinuxException if the kernel refuses; nothing is mounted
	 */
	public static void mount(String type, String device, Path target, String options) {
		long flags = 0;
		List<String> data = new ArrayList<>();
		for (String option : options.split(",")) {
			flags |= FLAGS.getOrDefault(option, 0L);
			if (!option.isEmpty() && !FLAGS.containsKey(option) && !NOTHING.contains(option)) {
				data.add(option);
			}
		}
		mount(type, device, target, flags, String.join(",", data));
		if ((flags & MS_BIND) != 0 && flags != MS_BIND) {
			// a bind takes its other flags only when it is there
			restrict(device, target, flags);
		}
	}

	private static void restrict(String device, Path target, long flags) {
		try {
			mount("", device, target, flags | MS_REMOUNT, "");
		}
		catch (LinuxException ex) {
			unmount(target);
			throw ex;
		}
	}

	private static void mount(String type, String device, Path target, long flags, String data) {
		try (Arena arena = Arena.ofConfined()) {
			Linux.call(SystemCall.MOUNT, device + ":" + target, Linux.text(arena, device).address(),
					Linux.text(arena, target.toString()).address(), Linux.text(arena, type).address(), flags,
					Linux.text(arena, data).address());
		}
	}

	/** Unmounts all that is mounted there; those who have it open keep it. */
	public static void unmount(Path target) {
		try (Arena arena = Arena.ofConfined()) {
			long result;
			do {
				result = Linux.attempt(SystemCall.UMOUNT2, Linux.text(arena, target.toString()).address(),
						MountApi.MNT_DETACH);
			}
			while (result == 0);
			if (result != -Errno.EINVAL.number() && result != -Errno.ENOENT.number()) {
				throw new LinuxException("umount", target.toString(), Errno.of(-result));
			}
		}
	}

	/** Whether something is mounted there. */
	public static boolean isMounted(Path target) {
		return MountTable.own().entries().stream().anyMatch((entry) -> entry.target().equals(target.toString()));
	}

}
