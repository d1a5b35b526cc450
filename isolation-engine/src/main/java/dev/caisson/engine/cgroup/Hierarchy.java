package dev.caisson.engine.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A mounted cgroup hierarchy: the lines of /proc/self/mountinfo and of /proc/self/cgroup
 * that belong together.
 *
 * @param name its controllers, as in {@code cpu,cpuacct}, or {@code systemd} for
 * {@code name=systemd}, or {@code unified} for v2
 * @param controllers those that v1 has bound to it; empty for v2, whose file
 * cgroup.controllers tells
 * @param mount its mount point
 * @param own our own group, as a directory below the mount point
 */
record Hierarchy(String name, Set<String> controllers, Directory mount, Directory own) {

	static final String UNIFIED = "unified";

	private static final String NAME = "name=";

	/**
	 * Finds the mounted hierarchies, v1 in the order in which the kernel made them, v2
	 * last.
	 * @param mountinfo the content of /proc/self/mountinfo, see proc_pid_mountinfo(5)
	 * @param membership the content of /proc/self/cgroup, see cgroups(7)
	 */
	static List<Hierarchy> find(String mountinfo, String membership) {
		List<Mount> mounts = mounts(mountinfo);
		List<Hierarchy> hierarchies = new ArrayList<>();
		for (String line : membership.lines().toList().reversed()) {
			String[] fields = line.split(":", 3);
			mounts.stream()
				.filter((mount) -> mount.holds(fields[1]))
				.findFirst()
				.ifPresent((mount) -> hierarchies.add(of(mount, fields[1], fields[2])));
		}
		hierarchies.sort((a, b) -> a.mount().version().compareTo(b.mount().version()));
		return List.copyOf(hierarchies);
	}

	private static Hierarchy of(Mount mount, String controllers, String ownPath) {
		Directory top = new Directory(mount.point(), mount.version());
		Directory own = new Directory(mount.locate(ownPath), mount.version());
		if (controllers.isEmpty()) {
			return new Hierarchy(UNIFIED, Set.of(), top, own);
		}
		if (controllers.startsWith(NAME)) {
			return new Hierarchy(controllers.substring(NAME.length()), Set.of(), top, own);
		}
		return new Hierarchy(controllers, new LinkedHashSet<>(List.of(controllers.split(","))), top, own);
	}

	boolean isUnified() {
		return this.mount.version() == Version.V2;
	}

	/** The cgroup mounts that can be seen, whole hierarchies before parts of them. */
	private static List<Mount> mounts(String mountinfo) {
		Map<Path, Mount> byPoint = new LinkedHashMap<>();
		for (String line : mountinfo.lines().toList()) {
			String[] words = line.split(" ");
			int separator = List.of(words).indexOf("-");
			String type = words[separator + 1];
			Path point = Path.of(unescape(words[4]));
			// what is mounted later at the same place hides what was there
			byPoint.remove(point);
			if (type.equals("cgroup") || type.equals("cgroup2")) {
				byPoint.put(point, new Mount(point, unescape(words[3]), type.equals("cgroup") ? Version.V1 : Version.V2,
						Set.of(words[separator + 3].split(","))));
			}
		}
		List<Mount> mounts = new ArrayList<>(byPoint.values());
		mounts.sort((a, b) -> Boolean.compare(!a.root().equals("/"), !b.root().equals("/")));
		return mounts;
	}

	/** The kernel writes blank, tab, newline and backslash as three octal digits. */
	private static String unescape(String text) {
		return text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
	}

	private record Mount(Path point, String root, Version version, Set<String> options) {

		boolean holds(String controllers) {
			if (controllers.isEmpty()) {
				return this.version == Version.V2;
			}
			return this.version == Version.V1 && this.options.containsAll(List.of(controllers.split(",")));
		}

		/** Where a group of the hierarchy is; the mount point if it cannot be seen. */
		Path locate(String group) {
			Path root = Path.of(this.root);
			Path path = Path.of(group).normalize();
			return path.startsWith(root) ? this.point.resolve(root.relativize(path)) : this.point;
		}

	}

}
