package dev.caisson.engine.selinux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which contexts the host's policy has for containers: the {@code lxc_contexts} file of
 * the policy, or what container-selinux declares.
 *
 * @param process of processes
 * @param file of files
 */
record PolicyContexts(SecurityContext process, SecurityContext file) {

	private static final SecurityContext PROCESS = new SecurityContext("system_u", "system_r", "container_t", "s0");

	private static final SecurityContext FILE = new SecurityContext("system_u", "object_r", "container_file_t", "s0");

	/** Reads the configuration of SELinux, usually in /etc/selinux. */
	static PolicyContexts of(Path directory) {
		List<String> contexts = value(lines(directory.resolve("config")), "SELINUXTYPE")
			.map((policy) -> lines(directory.resolve(policy).resolve("contexts/lxc_contexts")))
			.orElse(List.of());
		return new PolicyContexts(value(contexts, "process").flatMap(SecurityContext::parse).orElse(PROCESS),
				value(contexts, "file").flatMap(SecurityContext::parse).orElse(FILE));
	}

	private static Optional<String> value(List<String> lines, String name) {
		return lines.stream()
			.map((line) -> line.split("=", 2))
			.filter((parts) -> parts.length == 2 && parts[0].strip().equals(name))
			.map((parts) -> parts[1].strip().replace("\"", ""))
			.findFirst();
	}

	private static List<String> lines(Path file) {
		try {
			return Files.readAllLines(file);
		}
		catch (IOException absent) {
			return List.of();
		}
	}

}
