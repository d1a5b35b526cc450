package dev.caisson.platform.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What does not change while the service runs: kernel, distribution, processors, memory,
 * control groups, security modules. Read once, when first asked for.
 *
 * @param kernel as uname(2) has the release
 * @param distribution its full name, from os-release(5)
 * @param distributionVersion from os-release(5), or empty
 * @param processors how many this service may use
 * @param memory bytes
 * @param unifiedCgroups whether control groups are v2 alone
 * @param controllers the control group controllers in use, by name
 * @param selinux whether SELinux is on
 */
record HostFacts(String kernel, String distribution, String distributionVersion, int processors, long memory,
		boolean unifiedCgroups, Set<String> controllers, boolean selinux) {

	private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

	/** Where systemd and every distribution mount control groups; see cgroups(7). */
	private static final Path UNIFIED = Path.of("/sys/fs/cgroup/cgroup.controllers");

	static HostFacts read() throws IOException {
		List<String> release = Files.readAllLines(Path.of("/etc/os-release"));
		boolean unified = Files.exists(UNIFIED);
		return new HostFacts(System.getProperty("os.version"), value(release, "PRETTY_NAME"),
				value(release, "VERSION_ID"), Runtime.getRuntime().availableProcessors(),
				memory(Files.readAllLines(Path.of("/proc/meminfo"))), unified, controllers(unified),
				Files.exists(Path.of("/sys/fs/selinux/enforce")));
	}

	/** The name of this machine, which may change at any time. */
	static String hostname() throws IOException {
		return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
	}

	static boolean forwardsIpv4() throws IOException {
		return Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward")).strip().equals("1");
	}

	/** The architecture in the kernel's words, as uname(2) has the machine. */
	static String machine() {
		return switch (System.getProperty("os.arch")) {
			case "amd64" -> "x86_64";
			case String other -> other;
		};
	}

	/** The architecture in Docker's words. */
	static String architecture() {
		return switch (System.getProperty("os.arch")) {
			case "aarch64" -> "arm64";
			case String other -> other;
		};
	}

	boolean controls(String controller) {
		return this.controllers.contains(controller);
	}

	static String value(List<String> release, String key) {
		return release.stream()
			.filter((line) -> line.startsWith(key + "="))
			.map((line) -> line.substring(key.length() + 1).replaceAll("^[\"']|[\"']$", ""))
			.findFirst()
			.orElse("");
	}

	/** See proc_meminfo(5): kibibytes, named kB. */
	private static long memory(List<String> lines) {
		return lines.stream()
			.filter((line) -> line.startsWith("MemTotal:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
			.findFirst()
			.orElse(0);
	}

	private static Set<String> controllers(boolean unified) throws IOException {
		if (unified) {
			return Set.of(Files.readString(UNIFIED).strip().split(" "));
		}
		Set<String> controllers = new TreeSet<>();
		for (String mount : Files.readAllLines(MOUNTS)) {
			int dash = mount.indexOf(" - cgroup ");
			if (dash > 0) {
				// the options of a v1 hierarchy name its controllers
				controllers.addAll(List.of(mount.substring(mount.lastIndexOf(' ') + 1).split(",")));
			}
		}
		return controllers;
	}

}
