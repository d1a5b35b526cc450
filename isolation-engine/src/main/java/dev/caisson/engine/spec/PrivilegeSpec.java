package dev.caisson.engine.spec;

import java.util.List;

/**
 * What the container's processes may do.
 *
 * @param privileged whether nearly every wall is taken down
 * @param capabilities permitted, effective and bounding, as far as the user keeps them
 * @param noNewPrivileges whether execve grants nothing, see prctl(2)
 * @param seccomp which filter
 * @param selinux which label
 * @param maskedPaths hidden by /dev/null or an empty directory
 * @param readOnlyPaths made read-only
 */
public record PrivilegeSpec(boolean privileged, CapabilitySet capabilities, boolean noNewPrivileges,
		SeccompChoice seccomp, SelinuxChoice selinux, List<String> maskedPaths, List<String> readOnlyPaths) {

	/** The paths that Docker masks, in the order it lists them, and /proc/interrupts. */
	public static final List<String> DEFAULT_MASKED = List.of("/proc/asound", "/proc/acpi", "/proc/interrupts",
			"/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
			"/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap");

	/** The paths that Docker makes read-only. */
	public static final List<String> DEFAULT_READ_ONLY = List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
			"/proc/sysrq-trigger");

	public PrivilegeSpec {
		maskedPaths = List.copyOf(maskedPaths);
		readOnlyPaths = List.copyOf(readOnlyPaths);
		for (String path : maskedPaths) {
			checkPath("HostConfig.MaskedPaths", path);
		}
		for (String path : readOnlyPaths) {
			checkPath("HostConfig.ReadonlyPaths", path);
		}
	}

	private static void checkPath(String field, String path) {
		if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
			throw new InvalidSpecException(field, "invalid path in " + field + ": '" + path + "' must be absolute");
		}
	}

	/** Which system call filter. */
	public sealed interface SeccompChoice {

		/** Caisson's default profile. */
		record Default() implements SeccompChoice {
		}

		/** None. */
		record Unconfined() implements SeccompChoice {
		}

		/**
		 * A profile of the client's.
		 *
		 * @param json in Docker's form
		 */
		record Custom(String json) implements SeccompChoice {
		}

	}

	/** Which SELinux label. */
	public sealed interface SelinuxChoice {

		/**
		 * container_t with a pair of categories of its own, where the host has SELinux.
		 */
		record Default() implements SelinuxChoice {
		}

		/** {@code label=disable}. */
		record Disabled() implements SelinuxChoice {
		}

		/**
		 * Parts given by {@code label=user:…}, {@code role:}, {@code type:},
		 * {@code level:}, {@code filetype:}; an empty part is the default's.
		 *
		 * @param user SELinux user
		 * @param role role
		 * @param type process type
		 * @param level MLS/MCS level
		 * @param fileType type of files
		 */
		record Given(String user, String role, String type, String level, String fileType) implements SelinuxChoice {
		}

	}

}
