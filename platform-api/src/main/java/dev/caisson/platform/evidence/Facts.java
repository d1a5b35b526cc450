package dev.caisson.platform.evidence;

import java.util.List;

import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.rootfs.MountTable;
import dev.caisson.platform.container.definition.Definition;

/**
 * What the controls are judged by.
 *
 * @param report what the kernel says
 * @param definition what was declared
 * @param host the host's mounts
 * @param programs the names of its processes, as the kernel has them
 * @param execs how the log answers for exec
 */
record Facts(IsolationReport report, Definition definition, HostMounts host, List<String> programs, Execs execs) {

	/** Mounts that every container has, and files that the service makes for it. */
	private static final List<String> OURS = List.of("/proc", "/sys", "/dev", "/etc/hostname", "/etc/hosts",
			"/etc/resolv.conf");

	/** Mounts that somebody asked for: all but the root and the service's own. */
	List<MountTable.Entry> foreignMounts() {
		return this.report.mounts()
			.entries()
			.stream()
			.filter((mount) -> !mount.target().equals("/"))
			.filter((mount) -> isDeclared(mount.target())
					|| OURS.stream().noneMatch((ours) -> HostMounts.isBelow(ours, mount.target())))
			.toList();
	}

	private boolean isDeclared(String target) {
		return this.definition.mounts().stream().anyMatch((mount) -> mount.destination().equals(target));
	}

	/** The value of the first of these control files that the kernel shows. */
	String control(String... files) {
		for (String file : files) {
			String value = this.report.controls().get(file);
			if (value != null) {
				return value;
			}
		}
		return "";
	}

	/**
	 * How processes were brought into the container later.
	 *
	 * @param privileged how often with {@code --privileged}
	 * @param asRoot how often as root by explicit wish
	 */
	record Execs(long privileged, long asRoot) {
	}

}
