package dev.caisson.engine.rootfs;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec;

/**
 * How the file system of a container comes to be: what can be checked is checked, what
 * the host must be asked for is opened, and the rest becomes steps of the launch.
 */
public final class RootFilesystem {

	private static final String MOUNTS = "HostConfig.Mounts";

	/**
	 * Files of /proc that may be mounted over, as programs that imitate a smaller machine
	 * do. Anything else there could make the walls or the security label a pretence.
	 */
	private static final Set<String> MOUNTABLE_IN_PROC = Set.of("/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo",
			"/proc/stat", "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo", "/proc/net/dev",
			"/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled");

	private RootFilesystem() {
	}

	/**
	 * Checks what a container declares of files against the host, without touching it.
	 * @throws InvalidSpecException in Docker's words, naming the field
	 */
	public static void check(ContainerSpec spec) {
		Set<String> targets = new HashSet<>();
		for (MountSpec mount : spec.mounts()) {
			String target = normalize(mount.target());
			if (!targets.add(target)) {
				throw new InvalidSpecException(MOUNTS, "Duplicate mount point: " + target);
			}
			if ((target + "/").startsWith("/proc/") && !MOUNTABLE_IN_PROC.contains(target)) {
				throw new InvalidSpecException(MOUNTS,
						'"' + target + "\" cannot be mounted because it is inside /proc");
			}
			switch (mount) {
				case MountSpec.Bind bind -> BindSource.check(bind);
				case MountSpec.Tmpfs tmpfs -> TmpfsOptions.parse(tmpfs.options(), tmpfs.readOnly());
			}
		}
		DeviceNode.find(spec.devices());
	}

	/**
	 * Checks again, opens what the steps will need, and makes the places to mount on.
	 * @param overlay the container's root, which stays the caller's
	 * @param files that the service wrote for it
	 * @throws InvalidSpecException as {@link #check} does
	 * @throws LinuxException if the kernel refuses, or the image has a link where a
	 * directory of the system must be
	 */
	public static PreparedRoot prepare(ContainerSpec spec, Fd overlay, ContainerFiles files, HostView host,
			Surroundings surroundings) {
		check(spec);
		Preparation preparation = new Preparation(spec, overlay, surroundings);
		try {
			return preparation.run(files, host);
		}
		catch (RuntimeException ex) {
			preparation.close();
			throw ex;
		}
	}

	/**
	 * Adds the steps that show the container's terminal as /dev/console. They come after
	 * those of {@link PreparedRoot#plan}.
	 * @param terminal a descriptor of it, opened through the container's own /dev/pts
	 */
	public static void planConsole(LaunchPlan.Builder plan, Arg terminal) {
		MountSteps steps = new MountSteps(plan.child());
		steps.file(MountSteps.HERE, "/dev/console", "/dev/console");
		Arg copy = steps.cloneTree("the terminal", terminal, Set.<Errno>of());
		steps.move("mount the terminal on /dev/console", copy, "/dev/console");
	}

	static String normalize(String path) {
		return Path.of(path).normalize().toString();
	}

}
