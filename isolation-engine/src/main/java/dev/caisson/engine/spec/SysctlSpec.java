package dev.caisson.engine.spec;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Kernel parameters, only such as belong to a namespace that the container owns.
 *
 * @param values by dotted name
 */
public record SysctlSpec(SortedMap<String, String> values) {

	public static final SysctlSpec NONE = new SysctlSpec(new TreeMap<>());

	private static final Set<String> IPC = Set.of("kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem",
			"kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced");

	private static final Set<String> UTS = Set.of("kernel.hostname", "kernel.domainname");

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:@-]*");

	public SysctlSpec {
		values = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(values));
		values.forEach(SysctlSpec::check);
	}

	public static SysctlSpec of(Map<String, String> values) {
		return new SysctlSpec(new TreeMap<>(values));
	}

	void checkAgainst(NamespaceSpec namespaces) {
		for (String name : this.values.keySet()) {
			if (isIpc(name) && namespaces.ipc() instanceof NamespaceSpec.Source.Host) {
				throw refusal(name, "is not allowed as the container uses the host's IPC namespace");
			}
			if (name.startsWith("net.") && namespaces.network() instanceof NamespaceSpec.Source.Host) {
				throw refusal(name, "is not allowed as the container uses the host's network namespace");
			}
			if (UTS.contains(name) && namespaces.uts() instanceof NamespaceSpec.Source.Host) {
				throw refusal(name, "is not allowed as the container uses the host's UTS namespace");
			}
		}
	}

	private static void check(String name, String value) {
		if (!NAME.matcher(name).matches() || name.contains("..")
				|| !(isIpc(name) || name.startsWith("net.") || UTS.contains(name))) {
			throw refusal(name, "is not namespaced: only kernel.msg*, kernel.sem, kernel.shm*, fs.mqueue.*, net.*, "
					+ "kernel.hostname and kernel.domainname can be set for a container");
		}
		if (value.indexOf('\0') >= 0 || value.indexOf('\n') >= 0) {
			throw refusal(name, "has a value with a control character");
		}
	}

	private static boolean isIpc(String name) {
		return IPC.contains(name) || name.startsWith("fs.mqueue.");
	}

	private static InvalidSpecException refusal(String name, String reason) {
		return new InvalidSpecException("HostConfig.Sysctls", "sysctl '" + name + "' " + reason);
	}

}
