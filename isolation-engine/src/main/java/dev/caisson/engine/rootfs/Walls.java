package dev.caisson.engine.rootfs;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.spec.SysctlSpec;

/**
 * What of the kernel's own files a container may not see or change: kernel parameters are
 * set, then paths made read-only, then paths hidden.
 *
 * @param readOnlyInProc paths below /proc that exist
 * @param readOnly other paths
 * @param hiddenFiles files of procfs and sysfs that exist
 * @param hiddenDirectories directories of procfs and sysfs that exist
 * @param hidden paths that may be either, or nothing
 */
record Walls(List<String> readOnlyInProc, List<String> readOnly, List<String> hiddenFiles,
		List<String> hiddenDirectories, List<String> hidden) {

	static final Walls NONE = new Walls(List.of(), List.of(), List.of(), List.of(), List.of());

	private static final String PROC = "/proc", NOTHING = "/dev/null";

	/** What a path that is not there answers, and a descriptor that could not be had. */
	private static final Set<Errno> ABSENT = Set.of(Errno.ENOENT, Errno.ENOTDIR, Errno.EBADF);

	/** The same, and that a file cannot cover a directory or the other way round. */
	private static final Set<Errno> ABSENT_OR_OTHER_KIND = Set.of(Errno.EBADF, Errno.EINVAL, Errno.ENOTDIR);

	Walls {
		readOnlyInProc = List.copyOf(readOnlyInProc);
		readOnly = List.copyOf(readOnly);
		hiddenFiles = List.copyOf(hiddenFiles);
		hiddenDirectories = List.copyOf(hiddenDirectories);
		hidden = List.copyOf(hidden);
	}

	/**
	 * Whether /proc is read-only at first: a bind takes that over from the mount it is
	 * made of, which saves a call for each path. It becomes writable at the end.
	 */
	boolean startsReadOnly() {
		return !this.readOnlyInProc.isEmpty();
	}

	void addTo(MountSteps steps, SysctlSpec parameters, String label) {
		setParameters(steps, parameters.values());
		for (String path : this.readOnlyInProc) {
			steps.bind("make " + path + " read-only", path, path);
		}
		if (startsReadOnly()) {
			steps.readOnly(PROC, false, false);
		}
		for (String path : this.hiddenFiles) {
			steps.bind("hide " + path, NOTHING, path);
		}
		hideDirectories(steps, label);
		this.hidden.forEach((path) -> hide(steps, path));
		this.readOnly.forEach((path) -> makeReadOnly(steps, path));
	}

	private void setParameters(MountSteps steps, Map<String, String> parameters) {
		if (parameters.isEmpty()) {
			return;
		}
		if (startsReadOnly()) {
			steps.readOnly(PROC, false, false);
		}
		parameters.forEach((name, value) -> steps.write("set " + name + " to " + value,
				"/proc/sys/" + name.replace('.', '/'), value));
		if (startsReadOnly()) {
			steps.readOnly(PROC, false, true);
		}
	}

	/** One empty directory for all, which is read-only from the start. */
	private void hideDirectories(MountSteps steps, String label) {
		if (this.hiddenDirectories.isEmpty()) {
			return;
		}
		String first = this.hiddenDirectories.getFirst();
		steps.mount("tmpfs", first, "tmpfs", Set.of(MountFlag.MS_RDONLY), TmpfsOptions.labelled("mode=755", label));
		for (String path : this.hiddenDirectories.subList(1, this.hiddenDirectories.size())) {
			steps.bind("hide " + path, first, path);
		}
	}

	/** Tries a file and a directory: only one of them can cover the path. */
	private void hide(MountSteps steps, String path) {
		Arg place = steps.place(path, ABSENT);
		steps.move("hide file " + path, steps.clone(NOTHING), place, ABSENT_OR_OTHER_KIND);
		Arg empty = steps.make("tmpfs", MountApi.MOUNT_ATTR_RDONLY, "MOUNT_ATTR_RDONLY");
		steps.move("hide directory " + path, empty, place, ABSENT_OR_OTHER_KIND);
	}

	private void makeReadOnly(MountSteps steps, String path) {
		Arg place = steps.place(path, ABSENT);
		Arg copy = steps.cloneTree(path, place, ABSENT);
		steps.readOnly(path, copy, ABSENT);
		steps.move("make " + path + " read-only", copy, place, ABSENT);
	}

}
