package dev.caisson.engine.rootfs;

import java.util.List;
import java.util.Set;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.linux.Errno;

import org.jspecify.annotations.Nullable;

/**
 * /proc, /sys and /sys/fs/cgroup. proc and sysfs are made before pivot_root(2), because a
 * process in a user namespace may make them only where it sees others of their kind.
 */
final class SystemMounts {

	private static final long SAFE = MountApi.MOUNT_ATTR_NOSUID | MountApi.MOUNT_ATTR_NODEV
			| MountApi.MOUNT_ATTR_NOEXEC;

	private static final String SAFE_NAMES = "MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_NOEXEC";

	private static final Set<MountFlag> SAFE_FLAGS = Set.of(MountFlag.MS_NOSUID, MountFlag.MS_NODEV,
			MountFlag.MS_NOEXEC);

	/** What the root must have for the mounts that every container has. */
	static final List<String> PLACES = List.of("/proc", "/sys", "/dev");

	private static final String SYS = "/sys", CGROUP = "/sys/fs/cgroup";

	private final RootPlan root;

	private final MountSteps steps;

	SystemMounts(RootPlan root, MountSteps steps) {
		this.root = root;
		this.steps = steps;
	}

	/**
	 * What is made and not yet in its place.
	 *
	 * @param proc of the process's pid namespace
	 * @param sys of its network namespace, or a copy of the host's
	 * @param cgroup a copy of the host's, where a new one cannot be had
	 */
	record Made(Arg proc, @Nullable Arg sys, @Nullable Arg cgroup) {
	}

	Made make() {
		Arg proc = make("proc", this.root.walls().startsReadOnly());
		Arg sys = null;
		Arg cgroup = null;
		if (!this.root.attachesAt(SYS)) {
			sys = needsHostSys() ? copy(SYS) : make("sysfs", !this.root.privileged());
			if (showsCgroups() && !needsHostSys() && needsHostCgroups()) {
				cgroup = copy(CGROUP);
			}
		}
		return new Made(proc, sys, cgroup);
	}

	void attach(Made made) {
		this.steps.move("mount proc on /proc", made.proc(), "/proc");
		if (made.sys() == null) {
			return;
		}
		this.steps.move("mount sysfs on /sys", made.sys(), SYS);
		if (made.cgroup() != null) {
			this.steps.move("mount the host's cgroups on " + CGROUP, made.cgroup(), CGROUP);
		}
		else if (showsCgroups() && !needsHostSys()) {
			mountCgroups();
		}
	}

	private Arg make(String type, boolean readOnly) {
		return this.steps.make(type, readOnly ? SAFE | MountApi.MOUNT_ATTR_RDONLY : SAFE,
				readOnly ? "MOUNT_ATTR_RDONLY|" + SAFE_NAMES : SAFE_NAMES);
	}

	private Arg copy(String path) {
		Arg copy = this.steps.cloneTree(path);
		this.steps.readOnly(path, copy, Set.<Errno>of());
		return copy;
	}

	/** sysfs belongs to a network namespace, which a user namespace must own. */
	private boolean needsHostSys() {
		return this.root.shifted() && !this.root.owns(this.root.spec().namespaces().network());
	}

	private boolean needsHostCgroups() {
		return this.root.shifted() && !this.root.owns(this.root.spec().namespaces().cgroup());
	}

	private boolean showsCgroups() {
		return !this.root.host().cgroups().isEmpty() && !this.root.attachesAt(CGROUP);
	}

	/** In a cgroup namespace each hierarchy begins with the container's own cgroup. */
	private void mountCgroups() {
		for (HostView.CgroupHierarchy hierarchy : this.root.host().cgroups()) {
			if (hierarchy.directory().isEmpty()) {
				this.steps.mount(hierarchy.type(), CGROUP, hierarchy.type(), SAFE_FLAGS, hierarchy.options());
				makeReadOnly();
				return;
			}
		}
		this.steps.mount("tmpfs", CGROUP, "tmpfs", SAFE_FLAGS, this.root.labelled("mode=755"));
		for (HostView.CgroupHierarchy hierarchy : this.root.host().cgroups()) {
			String path = CGROUP + "/" + hierarchy.directory();
			this.steps.directory(path, 0755);
			this.steps.mount(hierarchy.type(), path, hierarchy.type(), SAFE_FLAGS, hierarchy.options());
			hierarchy.links().forEach((link) -> this.steps.link(CGROUP + "/" + link, hierarchy.directory()));
		}
		makeReadOnly();
	}

	private void makeReadOnly() {
		if (!this.root.privileged()) {
			this.steps.readOnly(CGROUP, true, true);
		}
	}

}
