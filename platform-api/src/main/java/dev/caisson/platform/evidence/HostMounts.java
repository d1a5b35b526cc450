package dev.caisson.platform.evidence;

import java.util.Comparator;
import java.util.Optional;

import dev.caisson.engine.rootfs.MountTable;

/**
 * Where a mount of a container comes from on the host. The same file system and the same
 * directory of it is the same place, whatever path it was bound by.
 *
 * @param host what the service itself sees
 */
record HostMounts(MountTable host) {

	static HostMounts read() {
		return new HostMounts(MountTable.observe(Math.toIntExact(ProcessHandle.current().pid())));
	}

	/** The host's path of what is mounted there; empty if the host does not see it. */
	Optional<String> path(MountTable.Entry mount) {
		return this.host.entries()
			.stream()
			.filter((entry) -> entry.device().equals(mount.device()) && isBelow(entry.root(), mount.root()))
			.max(Comparator.comparingInt((entry) -> entry.root().length()))
			.map((entry) -> join(entry.target(), mount.root().substring(rootLength(entry.root()))));
	}

	private static int rootLength(String root) {
		return root.equals("/") ? 0 : root.length();
	}

	private static String join(String target, String rest) {
		String path = (target.equals("/") ? "" : target) + rest;
		return path.isEmpty() ? "/" : path;
	}

	/** Whether a path is the directory itself or in it. */
	static boolean isBelow(String directory, String path) {
		return directory.equals("/") || path.equals(directory) || path.startsWith(directory + "/");
	}

}
