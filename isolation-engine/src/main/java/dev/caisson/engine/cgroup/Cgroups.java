package dev.caisson.engine.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.ResourceSpec;

/**
 * The control groups of the host: finds the mounted hierarchies, v1, v2 or both, has a
 * directory of its own in each, and makes a group below it for each container. One per
 * engine. Thread-safe.
 */
public final class Cgroups implements AutoCloseable {

	private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

	private final String parentPath;

	private final int version;

	private final List<Hierarchy> hierarchies;

	private final List<String> path;

	private final Parents parents;

	private final HostSupport support;

	private final DevicePrograms programs = new DevicePrograms();

	Cgroups(List<Hierarchy> hierarchies, String parent) {
		boolean first = hierarchies.stream().anyMatch((hierarchy) -> !hierarchy.controllers().isEmpty());
		List<String> path = Stream.of(parent.split("/")).filter((name) -> !name.isEmpty()).toList();
		List<Hierarchy> used = first ? hierarchies : hierarchies.stream().filter(Hierarchy::isUnified).toList();
		if (used.isEmpty() || path.isEmpty()) {
			throw new IllegalStateException("no control groups are mounted: mount -t cgroup2 none /sys/fs/cgroup");
		}
		this.version = first ? 1 : 2;
		this.parentPath = "/" + String.join("/", path);
		this.hierarchies = used;
		this.path = path;
		this.parents = Parents.prepare(used, path);
		this.support = new HostSupport(new Controls(this.parents.controllers()));
	}

	/**
	 * Finds the hierarchies and makes our directory in each. On v2 this enables the
	 * controllers for the groups below it.
	 * @param parent the directory, such as {@code caisson}
	 * @throws IllegalStateException if no hierarchy is mounted
	 * @throws dev.caisson.engine.linux.LinuxException if a directory cannot be made
	 */
	public static Cgroups detect(String parent) {
		try {
			return new Cgroups(Hierarchy.find(Files.readString(Path.of("/proc/self/mountinfo")),
					Files.readString(Path.of("/proc/self/cgroup"))), parent);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("find control groups: " + ex.getMessage(), ex);
		}
	}

	/** 1 or 2; 1 if at least one controller is in a v1 hierarchy. */
	public int version() {
		return this.version;
	}

	/** The controllers that containers' groups have, by the kernel's names. */
	public Set<String> controllers() {
		return new TreeSet<>(this.parents.controllers().keySet());
	}

	/** The group above all containers' groups, such as {@code /caisson}. */
	public String parentPath() {
		return this.parentPath;
	}

	/**
	 * Checks that this host can keep the limits.
	 * @throws dev.caisson.engine.spec.InvalidSpecException naming the field of the one it
	 * cannot keep
	 */
	public void check(ResourceSpec resources) {
		this.support.check(resources);
	}

	/**
	 * What this host does not know and leaves out, though nobody is less safe for it:
	 * sentences in Docker's words for the answer to the client.
	 */
	public List<String> warnings(ResourceSpec resources) {
		return this.support.warnings(resources);
	}

	/**
	 * Makes a group with limits and device rules. If it fails, nothing is left.
	 * @param allowed the devices that may be used, all others may not
	 * @param allDevices whether all devices may be used
	 * @throws dev.caisson.engine.spec.InvalidSpecException if the host cannot keep a
	 * limit
	 * @throws dev.caisson.engine.linux.LinuxException if the kernel refuses something
	 */
	public Cgroup create(ContainerId id, ResourceSpec resources, List<DeviceSpec.Rule> allowed, boolean allDevices) {
		check(resources);
		DeviceRules rules = DeviceRules.of(allowed, allDevices);
		try {
			return make(id, resources, rules);
		}
		catch (LinuxException ex) {
			if (!ex.is(Errno.ENOENT)) {
				throw ex;
			}
			// whoever tidies up empty groups may have taken ours
			Parents.prepare(this.hierarchies, this.path);
			return make(id, resources, rules);
		}
	}

	private Cgroup make(ContainerId id, ResourceSpec resources, DeviceRules rules) {
		Cgroup group = open(id);
		try {
			switch (group) {
				case CgroupV1 v1 -> v1.make(resources, rules, this.programs);
				case CgroupV2 v2 -> v2.make(resources, rules, this.programs);
			}
			return group;
		}
		catch (RuntimeException ex) {
			undo(group, ex);
			throw ex;
		}
	}

	/** Nothing has run in it yet: what is in use now is another's. */
	private static void undo(Cgroup group, RuntimeException cause) {
		try {
			switch (group) {
				case CgroupV1 v1 -> v1.remove(Duration.ZERO);
				case CgroupV2 v2 -> v2.remove(Duration.ZERO);
			}
		}
		catch (RuntimeException ex) {
			cause.addSuppressed(ex);
		}
	}

	/**
	 * The group of a container that was created before, by this service or by its
	 * predecessor. Touches nothing: whether it is there is seen by the first use.
	 */
	public Cgroup open(ContainerId id) {
		String path = this.parentPath + "/" + id;
		Controls controls = new Controls(children(this.parents.controllers(), id));
		Map<String, Directory> directories = children(this.parents.directories(), id);
		return (this.version == 1) ? new CgroupV1(path, directories, controls)
				: new CgroupV2(path, directories.values().iterator().next(), controls);
	}

	private static Map<String, Directory> children(Map<String, Directory> parents, ContainerId id) {
		Map<String, Directory> children = new LinkedHashMap<>();
		parents.forEach((name, parent) -> children.put(name, parent.child(id.value())));
		return children;
	}

	/** The ids of all containers that have a group in any hierarchy. */
	public List<String> existing() {
		return this.parents.directories()
			.values()
			.stream()
			.flatMap((parent) -> parent.children().stream())
			.map((child) -> child.path().getFileName().toString())
			.filter((name) -> ID.matcher(name).matches())
			.distinct()
			.sorted()
			.toList();
	}

	/**
	 * Removes our directories if no group is left in them. The object is not used
	 * afterwards.
	 */
	@Override
	public void close() {
		this.programs.close();
		this.parents.release();
	}

}
