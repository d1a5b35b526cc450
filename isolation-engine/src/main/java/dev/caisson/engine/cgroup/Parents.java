package dev.caisson.engine.cgroup;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;

/**
 * Our own directory in every hierarchy, below which each container has one.
 *
 * @param directories by name of the hierarchy, v2 last
 * @param controllers by name of the controller
 */
record Parents(Map<String, Directory> directories, Map<String, Directory> controllers) {

	/** Those that a container may need; the rest costs time with each group. */
	private static final List<String> WANTED = List.of("cpuset", "cpu", "io", "memory", "pids", "hugetlb");

	/**
	 * Makes the directories. They are at the top of each hierarchy, as Docker's are, so
	 * that the service's own limits and its end do not touch the containers; below the
	 * service's own group only where the top cannot be written.
	 * <p>
	 * On a host with both versions, v2 has only what nobody wanted in v1. Controllers
	 * make every group dearer, so the containers get these when one of them needs it.
	 */
	static Parents prepare(List<Hierarchy> hierarchies, List<String> path) {
		Map<String, Directory> directories = new LinkedHashMap<>();
		Map<String, Directory> controllers = new LinkedHashMap<>();
		for (Hierarchy hierarchy : hierarchies) {
			Directory parent = prepare(hierarchy, path);
			directories.put(hierarchy.name(), parent);
			boolean mixed = hierarchies.size() > 1;
			if (hierarchy.isUnified() && !mixed) {
				enable(parent);
			}
			Set<String> names = hierarchy.isUnified()
					? words(parent, mixed ? "cgroup.controllers" : "cgroup.subtree_control") : hierarchy.controllers();
			names.forEach((name) -> controllers.putIfAbsent(name, parent));
		}
		return new Parents(directories, controllers);
	}

	private static Directory prepare(Hierarchy hierarchy, List<String> path) {
		try {
			return descend(hierarchy, hierarchy.mount(), path);
		}
		catch (LinuxException ex) {
			boolean closed = ex.is(Errno.EACCES) || ex.is(Errno.EPERM) || ex.is(Errno.EROFS);
			if (!closed || hierarchy.own().equals(hierarchy.mount())) {
				throw ex;
			}
			return descend(hierarchy, hierarchy.own(), path);
		}
	}

	private static Directory descend(Hierarchy hierarchy, Directory top, List<String> path) {
		Directory directory = top;
		for (String name : path) {
			if (hierarchy.isUnified()) {
				enable(directory);
			}
			directory = directory.child(name);
			directory.ensure();
			if (hierarchy.controllers().contains("cpuset")) {
				CpusetController.prepare(directory);
			}
			if (hierarchy.controllers().contains("memory")) {
				accountHierarchically(directory);
			}
		}
		return directory;
	}

	/**
	 * Without it, which was the default before Linux 5.11, groups below escape a limit.
	 */
	private static void accountHierarchically(Directory directory) {
		if (directory.find("memory.use_hierarchy").orElse("1").equals("0")) {
			directory.write("memory.use_hierarchy", "1");
		}
	}

	/** Gives the groups below a v2 group their controllers. */
	static void enable(Directory directory) {
		Set<String> missing = words(directory, "cgroup.controllers");
		missing.retainAll(WANTED);
		missing.removeAll(words(directory, "cgroup.subtree_control"));
		if (missing.isEmpty()) {
			return;
		}
		try {
			enable(directory, missing);
		}
		catch (LinuxException ex) {
			missing.forEach((controller) -> enableIfPossible(directory, controller));
		}
	}

	private static void enableIfPossible(Directory directory, String controller) {
		try {
			enable(directory, Set.of(controller));
		}
		catch (LinuxException ex) {
			// EINVAL: the host's real-time processes keep the cpu controller from being
			// shared
			if (!ex.is(Errno.EINVAL)) {
				throw ex;
			}
		}
	}

	/**
	 * A group other than the root has either processes or controllers for those below.
	 * The kernel says EBUSY, but EOPNOTSUPP if one of the controllers that make an
	 * exception (cpu, cpuset, pids) is on already.
	 */
	private static void enable(Directory directory, Set<String> controllers) {
		String text = controllers.stream().map((name) -> "+" + name).collect(Collectors.joining(" "));
		try {
			directory.write("cgroup.subtree_control", text);
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.EBUSY) && !ex.is(Errno.EOPNOTSUPP)) {
				throw ex;
			}
			moveProcessesDown(directory);
			directory.write("cgroup.subtree_control", text);
		}
	}

	/** Inside a container of its own the service sits at the top itself. */
	private static void moveProcessesDown(Directory directory) {
		Directory leaf = directory.child("caisson-service");
		leaf.ensure();
		for (String pid : directory.read("cgroup.procs").lines().toList()) {
			try {
				leaf.write("cgroup.procs", pid);
			}
			catch (LinuxException ex) {
				if (!ex.is(Errno.ESRCH)) {
					throw ex;
				}
			}
		}
	}

	private static Set<String> words(Directory directory, String file) {
		return Stream.of(directory.read(file).split("\\s+"))
			.filter((word) -> !word.isEmpty())
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	/** Removes the directories that hold no group any more. */
	void release() {
		for (Directory directory : this.directories.values()) {
			if (directory.children().isEmpty()) {
				directory.remove(Duration.ZERO);
			}
		}
	}

}
