package dev.caisson.engine.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Something a kernel test may need of the machine it runs on. */
public enum Feature {

	/** Effective user 0 with CAP_SYS_ADMIN, which a root of a container may lack. */
	ROOT("root with CAP_SYS_ADMIN (run as root)", false, Feature::isRoot),

	OVERLAY("overlayfs (modprobe overlay)", false,
			() -> lines("/proc/filesystems").stream().anyMatch((line) -> line.endsWith("\toverlay"))),

	USER_NAMESPACES("user namespaces (sysctl user.max_user_namespaces above 0)", false,
			() -> lines("/proc/sys/user/max_user_namespaces").stream().anyMatch((line) -> !line.equals("0"))),

	SECCOMP("seccomp filters (CONFIG_SECCOMP_FILTER)", false,
			() -> Files.exists(Path.of("/proc/sys/kernel/seccomp/actions_avail"))),

	BUSYBOX("a static /bin/busybox (apt-get install busybox-static)", false,
			() -> Files.isExecutable(Path.of("/bin/busybox"))),

	DOCKER_CLI("a docker client (apt-get install docker.io, or docker-cli)", false, () -> onPath("docker")),

	DOCKER_PY("Python's docker library (apt-get install python3-docker)", false,
			() -> Files.exists(Path.of("/usr/lib/python3/dist-packages/docker/client.py"))),

	COMPOSE("docker-compose 1 (apt-get install docker-compose)", false, () -> onPath("docker-compose")),

	/** At least one controller sits on a v1 hierarchy: legacy and hybrid hosts. */
	CGROUP_V1("a host with cgroup v1 controllers", true, () -> isMounted("cgroup")),

	/** All controllers are on the unified hierarchy: a hybrid host does not count. */
	CGROUP_V2("a host with cgroup v2 alone", true, () -> isMounted("cgroup2") && !isMounted("cgroup")),

	SELINUX("a host with SELinux", true, () -> Files.exists(Path.of("/sys/fs/selinux/enforce")));

	private final String description;

	private final boolean kindOfHost;

	private final BooleanSupplier present;

	Feature(String description, boolean kindOfHost, BooleanSupplier present) {
		this.description = description;
		this.kindOfHost = kindOfHost;
		this.present = present;
	}

	/**
	 * Whether hosts come with or without it, so that no amount of installing could
	 * provide it: its tests may be skipped in CI, and run in a machine of that kind.
	 */
	public boolean kindOfHost() {
		return this.kindOfHost;
	}

	public boolean isPresent() {
		return this.present.getAsBoolean();
	}

	@Override
	public String toString() {
		return this.description;
	}

	private static boolean isRoot() {
		List<String> status = lines("/proc/self/status");
		boolean user = status.stream().anyMatch((line) -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
		// CAP_SYS_ADMIN of linux/capability.h is bit 21
		return user && status.stream()
			.filter((line) -> line.startsWith("CapEff:"))
			.anyMatch((line) -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & (1L << 21)) != 0);
	}

	private static boolean isMounted(String type) {
		return lines("/proc/self/mountinfo").stream().anyMatch((line) -> line.contains(" - " + type + " "));
	}

	private static boolean onPath(String program) {
		String path = System.getenv().getOrDefault("PATH", "");
		return Arrays.stream(path.split(File.pathSeparator))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, program)));
	}

	private static List<String> lines(String file) {
		try {
			return Files.readAllLines(Path.of(file));
		}
		catch (IOException absent) {
			return List.of();
		}
	}

}
