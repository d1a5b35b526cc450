package dev.caisson.engine.seccomp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.caisson.engine.capability.Capabilities;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.LaunchedProcess;
import dev.caisson.engine.testing.ProbeProgram;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest(needs = Feature.SECCOMP)
class SeccompKernelTests {

	private static final String EPERM = "1", ENOSYS = "38";

	/** What the probe tries and every container may do. */
	private static final Set<String> ALLOWED = Set.of("capget", "chroot", "clock_gettime", "clone_plain",
			"epoll_create1", "execveat", "fchmodat2", "futex", "getpid", "getrandom", "io_setup", "ioctl",
			"memfd_create", "mknodat", "name_to_handle_at", "openat", "personality_ask", "prctl", "process_vm_readv",
			"ptrace", "sched_yield", "seccomp", "socket_inet", "socket_unix", "socket_netlink", "statx", "wait4",
			"arch_prctl", "x32:getpid", "x86:getpid", "x86:openat", "x86:socket_unix");

	private static final Set<String> NOT_IMPLEMENTED = Set.of("call_9999", "clone3");

	@TempDir
	static Path directory;

	private static Path probe;

	private static Path filterFile;

	private static final SeccompFilter FILTER = new SeccompCompiler().compile(SeccompProfile.defaults(),
			CapabilitySet.DEFAULT);

	@BeforeAll
	static void build() throws Exception {
		// other users than root shall execute the probe
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		probe = ProbeProgram.build(directory);
		filterFile = directory.resolve("filter");
		Files.write(filterFile, FILTER.program());
	}

	@Test
	void defaultFilterRefusesWhatContainersMustNotDo() throws Exception {
		Map<String, String> free = probe(probe.toString());
		Map<String, String> filtered = probe(probe.toString(), "load", filterFile.toString());
		Set<String> refused = new TreeSet<>(filtered.keySet());
		refused.removeAll(ALLOWED);
		refused.removeAll(NOT_IMPLEMENTED);
		assertThat(refused).hasSizeGreaterThan(44)
			.contains("clock_settime", "clock_adjtime", "create_module", "delete_module", "init_module", "kexec_load",
					"mount", "umount2", "unshare", "setns", "keyctl", "bpf", "perf_event_open", "io_uring_setup",
					"socket_vsock", "socket_alg", "clone_newuser", "x86:mount", "x32:mount");
		assertThat(filtered).allSatisfy((name, result) -> {
			if (refused.contains(name)) {
				assertThat(result).describedAs(name).isEqualTo(EPERM);
			}
			else if (NOT_IMPLEMENTED.contains(name)) {
				assertThat(result).describedAs(name).isEqualTo(ENOSYS);
			}
			else {
				assertThat(result).describedAs(name).isEqualTo(free.get(name));
			}
		});
		// or else the refusals above would prove nothing
		assertThat(free.values()).doesNotContain(EPERM, "killed");
	}

	@Test
	void planInstallsTheFilterWithNoNewPrivileges() throws Exception {
		try (LaunchedProcess process = new LaunchedProcess(directory, (child) -> {
			Capabilities.planUser(child, 1000, 1000, new int[0], CapabilitySet.DEFAULT);
			Capabilities.planNoNewPrivileges(child);
			Seccomp.plan(child, FILTER);
		}, "/bin/sleep", "1000")) {
			assertThat(Seccomp.observe(process.pid()))
				.isEqualTo(new Seccomp.SeccompReport(Seccomp.SeccompReport.Mode.FILTER, 1));
		}
	}

	@Test
	void planInstallsTheFilterBeforePrivilegesAreDropped() throws Exception {
		try (LaunchedProcess process = new LaunchedProcess(directory, (child) -> {
			Seccomp.plan(child, FILTER);
			Capabilities.planUser(child, 1000, 1000, new int[] { 7 }, CapabilitySet.DEFAULT);
		}, probe.toString())) {
			Map<String, String> results = ProbeProgram.parse(process.outputAtEnd());
			assertThat(results).containsEntry("mount", EPERM)
				.containsEntry("unshare", EPERM)
				.containsEntry("getpid", "0")
				.containsEntry("clone3", ENOSYS)
				.doesNotContainValue("killed");
		}
	}

	@Test
	void filterThatKillsKills() throws Exception {
		SeccompFilter filter = new SeccompCompiler().compile(SeccompProfile.parse("""
				{"defaultAction": "SCMP_ACT_ALLOW", "archMap": [
				  {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]}],
				 "syscalls": [{"names": ["umount2", "mount"], "action": "SCMP_ACT_KILL_PROCESS"},
				  {"names": ["unshare"], "action": "SCMP_ACT_ERRNO", "errnoRet": 71}]}
				"""), CapabilitySet.DEFAULT);
		Path file = directory.resolve("killing");
		Files.write(file, filter.program());
		assertThat(probe(probe.toString(), "load", file.toString())).containsEntry("umount2", "killed")
			.containsEntry("mount", "killed")
			.containsEntry("x86:mount", "killed")
			.containsEntry("unshare", "71")
			.containsEntry("getpid", "0");
	}

	@Test
	void unfilteredProcessIsSeenAsSuch() {
		assertThat(Seccomp.observe(1).mode()).isEqualTo(Seccomp.SeccompReport.Mode.DISABLED);
	}

	@Test
	void costOfInstalling() throws Exception {
		SeccompProfile profile = SeccompProfile.defaults();
		List<Machine.Abi> abis = Machine.host().abis(profile.architectures());
		List<SeccompRule> rules = profile.rules()
			.stream()
			.filter((rule) -> rule.countsFor(CapabilitySet.DEFAULT, Machine.host().dockerName(),
					KernelVersion.ofHost()))
			.toList();
		byte[] generated = SeccompCompiler.generate(profile, rules, abis,
				new NewerCalls(new Code.Pool(), profile, abis));
		Path file = directory.resolve("generated");
		Files.write(file, generated);
		System.out.printf("install: %s instructions as libseccomp has them %s ns; %s as a tree %s ns%n",
				generated.length / 8, install(file), FILTER.length(), install(filterFile));
	}

	private static String install(Path file) throws Exception {
		return ProbeProgram.run(List.of(probe.toString(), "install", file.toString(), "50")).getFirst();
	}

	private static Map<String, String> probe(String... command) throws Exception {
		return ProbeProgram.parse(ProbeProgram.run(List.of(command)));
	}

}
