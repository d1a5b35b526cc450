package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a container's mounts depend on and only the host can tell. Read once; a host
 * changes none of it while it runs.
 *
 * @param cgroups the mounted cgroup hierarchies; one named "" is all of cgroup v2
 * @param messageQueues whether the kernel has POSIX message queues
 */
public record HostView(List<CgroupHierarchy> cgroups, boolean messageQueues) {

	static final Path CGROUPS = Path.of("/sys/fs/cgroup");

	public HostView {
		cgroups = List.copyOf(cgroups);
	}

	/**
	 * A hierarchy of cgroups.
	 *
	 * @param directory its name below /sys/fs/cgroup; empty if it is mounted right there
	 * @param type {@code cgroup} or {@code cgroup2}
	 * @param options what mount(2) finds it by: controllers, or its name
	 */
	public record CgroupHierarchy(String directory, String type, String options) {

		/** Of cgroup-v1: the options that do not say which hierarchy it is. */
		private static final Set<String> IDLE = Set.of("rw", "ro", "clone_children", "seclabel", "relatime",
				"favordynmods", "nsdelegate", "memory_recursiveprot");

		static CgroupHierarchy of(MountTable.Entry mount) {
			String directory = CGROUPS.relativize(Path.of(mount.target())).toString();
			List<String> options = Arrays.stream(mount.superOptions().split(","))
				.filter((option) -> !IDLE.contains(option) && !option.startsWith("release_agent="))
				.toList();
			return new CgroupHierarchy(directory, mount.type(),
					mount.type().equals("cgroup2") ? "" : String.join(",", options));
		}

		/** Other names of it: that of each controller where several share it. */
		List<String> links() {
			return (this.directory.contains(",")) ? List.of(this.directory.split(",")) : List.of();
		}

	}

	/** Reads the host's mount table and file systems. */
	public static HostView read() {
		try {
			List<CgroupHierarchy> cgroups = new ArrayList<>();
			for (MountTable.Entry mount : MountTable.own().entries()) {
				boolean cgroup = mount.type().equals("cgroup") || mount.type().equals("cgroup2");
				if (cgroup && Path.of(mount.target()).startsWith(CGROUPS)) {
					cgroups.add(CgroupHierarchy.of(mount));
				}
			}
			boolean queues = Files.readAllLines(Path.of("/proc/filesystems"))
				.stream()
				.anyMatch((line) -> line.endsWith("\tmqueue"));
			return new HostView(cgroups, queues);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
