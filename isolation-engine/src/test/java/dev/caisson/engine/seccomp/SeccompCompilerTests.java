package dev.caisson.engine.seccomp;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.caisson.engine.linux.Libseccomp;
import dev.caisson.engine.seccomp.Machine.Abi;
import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.PrivilegeSpec.SeccompChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SeccompCompilerTests {

	private static final int ALLOW = 0x7fff0000, EPERM = 0x50001, ENOSYS = 0x50026, KILL = 0;

	private static final int X32 = 0x40000000;

	private static final long[] ARGUMENTS = { 0, 1, 2, 8, 10, 37, 38, 39, 40, 41, 0x20000, 0x20008, 0xffffffffL,
			0x02000000, 0x10000000, 0x7E020000, 0x1200011, 0x3d0f00, (1L << 32) + 2, (1L << 32) + 38, (1L << 32) + 40,
			-1, Long.MIN_VALUE };

	private final SeccompCompiler compiler = new SeccompCompiler();

	@Test
	void treeAnswersEveryCallAsLibseccompDoes() {
		for (CapabilitySet capabilities : List.of(CapabilitySet.NONE, CapabilitySet.DEFAULT, CapabilitySet.ALL)) {
			assertSameAnswers(SeccompProfile.defaults(), capabilities);
		}
		assertSameAnswers(
				SeccompProfile
					.parse("""
							{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"], "syscalls": [
							  {"names": ["kill", "chmod"], "action": "SCMP_ACT_KILL_PROCESS"},
							  {"names": ["write"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5, "args": [
							    {"index": 0, "value": 3, "op": "SCMP_CMP_GE"}, {"index": 2, "value": 38, "op": "SCMP_CMP_NE"}]},
							  {"names": ["write"], "action": "SCMP_ACT_TRAP", "args": [
							    {"index": 1, "value": 40, "op": "SCMP_CMP_LE"}]},
							  {"names": ["ioctl"], "action": "SCMP_ACT_LOG", "args": [
							    {"index": 1, "value": 8, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 10, "op": "SCMP_CMP_EQ"}]},
							  {"names": ["read"], "action": "SCMP_ACT_TRACE", "errnoRet": 7, "args": [
							    {"index": 2, "value": 4294967300, "op": "SCMP_CMP_LT"}]}]}
							"""),
				CapabilitySet.DEFAULT);
	}

	private void assertSameAnswers(SeccompProfile profile, CapabilitySet capabilities) {
		List<Abi> abis = Machine.host().abis(profile.architectures());
		Code.Pool pool = new Code.Pool();
		NewerCalls newer = new NewerCalls(pool, profile, abis);
		BpfMachine expected = new BpfMachine(
				SeccompCompiler.generate(profile, rules(profile, capabilities), abis, newer));
		BpfMachine actual = new BpfMachine(this.compiler.compile(profile, capabilities).program());
		for (int architecture : new int[] { 0xc000003e, 0x40000003, 0xc00000b7, 0 }) {
			for (int number : numbers()) {
				if (newer.answer(architecture, number).isPresent()) {
					continue;
				}
				for (long argument : ARGUMENTS) {
					for (long other : new long[] { 3, argument }) {
						assertThat(actual.run(architecture, number, argument, other, argument).value())
							.describedAs("architecture %x, call %d, arguments %d, %d", architecture, number, argument,
									other)
							.isEqualTo(expected.run(architecture, number, argument, other, argument).value());
					}
				}
			}
		}
	}

	private static List<SeccompRule> rules(SeccompProfile profile, CapabilitySet capabilities) {
		return profile.rules()
			.stream()
			.filter((rule) -> rule.countsFor(capabilities, Machine.host().dockerName(), KernelVersion.ofHost()))
			.toList();
	}

	private static Set<Integer> numbers() {
		Set<Integer> numbers = new java.util.TreeSet<>();
		for (int number = 0; number < 700; number++) {
			numbers.add(number);
			numbers.add(X32 + number);
		}
		numbers.addAll(List.of(-1, -2, 0x0f0001, 0x0f0005, X32 - 1, Integer.MAX_VALUE, Integer.MIN_VALUE));
		return numbers;
	}

	@Test
	void defaultFilterIsSmall() {
		SeccompFilter filter = this.compiler.compile(SeccompProfile.defaults(), CapabilitySet.DEFAULT);
		assertThat(filter.length()).isLessThan(420);
		BpfMachine machine = new BpfMachine(filter.program());
		int longest = numbers().stream()
			.mapToInt((number) -> machine.run(0xc000003e, number, -1).instructions())
			.max()
			.orElseThrow();
		assertThat(longest).isLessThan(50);
	}

	@Test
	void callsNewerThanTheProfileAreNotImplemented() {
		BpfMachine machine = defaultMachine(CapabilitySet.DEFAULT);
		assertThat(machine.run(0xc000003e, 499).value()).isEqualTo(ENOSYS);
		assertThat(machine.run(0xc000003e, X32 + 600).value()).isEqualTo(ENOSYS);
		assertThat(machine.run(0x40000003, 499).value()).isEqualTo(ENOSYS);
	}

	@Test
	void callsNewerThanLibseccompAreAllowedByName() {
		BpfMachine machine = defaultMachine(CapabilitySet.DEFAULT);
		// fchmodat2, mseal, removexattrat
		for (int number : new int[] { 452, 462, 466 }) {
			assertThat(machine.run(0xc000003e, number).value()).isEqualTo(ALLOW);
			assertThat(machine.run(0x40000003, number).value()).isEqualTo(ALLOW);
		}
		// lsm_list_modules needs CAP_SYS_ADMIN
		assertThat(machine.run(0xc000003e, 461).value()).isEqualTo(EPERM);
		assertThat(defaultMachine(CapabilitySet.ALL).run(0xc000003e, 461).value()).isEqualTo(ALLOW);
	}

	@Test
	void foreignArchitecturesAreKilled() {
		assertThat(defaultMachine(CapabilitySet.ALL).run(0xc00000b7, 0).value()).isEqualTo(KILL);
	}

	@Test
	void socketsOfDangerousFamiliesAreRefusedHoweverTheArgumentIsDressed() {
		BpfMachine machine = defaultMachine(CapabilitySet.ALL);
		int socket = Libseccomp.systemCall("socket").orElseThrow();
		for (long family = 0; family < 64; family++) {
			int expected = (family == 38 || family == 40) ? EPERM : ALLOW;
			assertThat(machine.run(0xc000003e, socket, family).value()).describedAs("family %d", family)
				.isEqualTo(expected);
			// the kernel only looks at the lower half of the register
			assertThat(machine.run(0xc000003e, socket, family | 0xdead00000000L).value()).isEqualTo(expected);
		}
	}

	@Test
	void cloneMayMakeNoNamespaceWithoutSysAdmin() {
		BpfMachine machine = defaultMachine(CapabilitySet.DEFAULT);
		int clone = Libseccomp.systemCall("clone").orElseThrow();
		for (long flag : new long[] { 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000,
				0x40000000 }) {
			assertThat(machine.run(0xc000003e, clone, flag | 17).value()).isEqualTo(EPERM);
			assertThat(defaultMachine(CapabilitySet.ALL).run(0xc000003e, clone, flag | 17).value()).isEqualTo(ALLOW);
		}
		assertThat(machine.run(0xc000003e, clone, 0x3d0f00).value()).isEqualTo(ALLOW);
		assertThat(machine.run(0xc000003e, Libseccomp.systemCall("clone3").orElseThrow()).value()).isEqualTo(ENOSYS);
	}

	/** What each capability opens, and nothing else does. */
	private static final Map<Capability, List<String>> OPENED = new TreeMap<>(Map.ofEntries(
			Map.entry(Capability.CAP_SYS_ADMIN,
					List.of("mount", "umount2", "unshare", "setns", "clone3", "fsopen", "fsmount", "fsconfig", "fspick",
							"move_mount", "open_tree", "mount_setattr", "sethostname", "setdomainname", "quotactl",
							"quotactl_fd", "fanotify_init", "lookup_dcookie")),
			Map.entry(Capability.CAP_SYS_TIME,
					List.of("clock_settime", "clock_adjtime", "settimeofday", "stime", "clock_settime64",
							"clock_adjtime64")),
			Map.entry(Capability.CAP_SYS_MODULE, List.of("init_module", "finit_module", "delete_module")),
			Map.entry(Capability.CAP_SYS_BOOT, List.of("reboot")),
			Map.entry(Capability.CAP_SYS_CHROOT, List.of("chroot")),
			Map.entry(Capability.CAP_SYS_PACCT, List.of("acct")),
			Map.entry(Capability.CAP_SYS_PTRACE, List.of("kcmp", "pidfd_getfd", "process_madvise")),
			Map.entry(Capability.CAP_SYS_RAWIO, List.of("iopl", "ioperm")),
			Map.entry(Capability.CAP_SYS_TTY_CONFIG, List.of("vhangup")),
			Map.entry(Capability.CAP_SYS_NICE,
					List.of("get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node")),
			Map.entry(Capability.CAP_DAC_READ_SEARCH, List.of("open_by_handle_at"))));

	private static final List<String> NEVER = List.of("io_uring_setup", "io_uring_enter", "io_uring_register",
			"kexec_load", "kexec_file_load", "create_module", "get_kernel_syms", "query_module", "nfsservctl", "keyctl",
			"add_key", "request_key", "userfaultfd", "move_pages", "migrate_pages", "swapon", "swapoff", "pivot_root",
			"uselib", "ustat", "sysfs", "_sysctl", "vm86", "vm86old");

	@ParameterizedTest
	@EnumSource(Capability.class)
	void eachCapabilityOpensItsCallsAndNoOthers(Capability capability) {
		BpfMachine machine = defaultMachine(CapabilitySet.of(EnumSet.of(capability)));
		OPENED.forEach((needed, names) -> names
			.forEach((name) -> assertThat(answers(machine, name)).describedAs("%s with %s", name, capability)
				.allSatisfy((answer) -> assertThat(answer == ALLOW).isEqualTo(capability == needed))));
		NEVER.forEach((name) -> assertThat(answers(machine, name)).describedAs(name).containsOnly(EPERM));
		shared()
			.forEach((name, needed) -> assertThat(answers(machine, name)).describedAs("%s with %s", name, capability)
				.containsOnly(needed.contains(capability) ? ALLOW : EPERM));
	}

	/** Calls that more than one capability opens. */
	private static Map<String, Set<Capability>> shared() {
		return Map.of("bpf", EnumSet.of(Capability.CAP_SYS_ADMIN, Capability.CAP_BPF), "perf_event_open",
				EnumSet.of(Capability.CAP_SYS_ADMIN, Capability.CAP_PERFMON), "syslog",
				EnumSet.of(Capability.CAP_SYS_ADMIN, Capability.CAP_SYSLOG));
	}

	/** The answers on x86-64 and x86, where the call exists. */
	private static List<Integer> answers(BpfMachine machine, String name) {
		return Map.of("x86_64", 0xc000003e, "x86", 0x40000003)
			.entrySet()
			.stream()
			.flatMap((abi) -> Libseccomp.systemCall(name, Libseccomp.architecture(abi.getKey()).orElseThrow())
				.stream()
				.mapToObj((number) -> machine.run(abi.getValue(), number).value()))
			.toList();
	}

	@Test
	void usualCallsAreAllowed() {
		BpfMachine machine = defaultMachine(CapabilitySet.NONE);
		for (String name : List.of("read", "write", "openat", "execve", "fork", "mmap", "futex", "ptrace", "wait4",
				"epoll_wait", "setuid", "mknod", "arch_prctl", "modify_ldt", "socketpair", "memfd_create", "seccomp",
				"landlock_restrict_self", "adjtimex", "name_to_handle_at", "personality", "capset", "io_submit")) {
			assertThat(answers(machine, name)).describedAs(name).contains(ALLOW).doesNotContain(KILL);
		}
	}

	@Test
	void filtersAreRememberedByProfileAndCapabilities() {
		SeccompFilter filter = this.compiler.compile(SeccompProfile.defaults(), CapabilitySet.DEFAULT);
		assertThat(this.compiler.compile(SeccompProfile.parse(SeccompProfile.defaultText()), CapabilitySet.DEFAULT))
			.isSameAs(filter);
		assertThat(this.compiler.compile(SeccompProfile.defaults(), CapabilitySet.ALL)).isNotEqualTo(filter);
	}

	@Test
	void filterDoesNotDependOnTheRun() {
		assertThat(new SeccompCompiler().compile(SeccompProfile.defaults(), CapabilitySet.DEFAULT))
			.isEqualTo(this.compiler.compile(SeccompProfile.defaults(), CapabilitySet.DEFAULT));
	}

	@Test
	void unconfinedHasNoFilter() {
		assertThat(this.compiler.compile(new SeccompChoice.Unconfined(), CapabilitySet.DEFAULT)).isEmpty();
		assertThat(this.compiler.compile(new SeccompChoice.Default(), CapabilitySet.DEFAULT)).isPresent();
	}

	@Test
	void profileWithoutArchitecturesKillsCallsOfOthers() {
		BpfMachine machine = new BpfMachine(this.compiler
			.compile(SeccompProfile.parse("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}"), CapabilitySet.DEFAULT)
			.program());
		assertThat(machine.run(0xc000003e, 1000).value()).isEqualTo(ALLOW);
		assertThat(machine.run(0xc000003e, X32 + 1).value()).isEqualTo(KILL);
		assertThat(machine.run(0x40000003, 1).value()).isEqualTo(KILL);
	}

	@Test
	void profileThatBecomesTooLargeIsRefused() {
		StringBuilder json = new StringBuilder("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [");
		for (int i = 0; i < 5000; i++) {
			json.append((i == 0) ? "" : ",")
				.append("{\"names\": [\"write\"], \"action\": \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 1, \"value\": ")
				.append(i * 7919L)
				.append(", \"op\": \"SCMP_CMP_EQ\"}]}");
		}
		SeccompProfile profile = SeccompProfile.parse(json.append("]}").toString());
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> this.compiler.compile(profile, CapabilitySet.DEFAULT))
			.withMessageContaining("too large");
	}

	@Test
	void costOfCompiling() {
		long start = System.nanoTime();
		SeccompFilter filter = new SeccompCompiler().compile(SeccompProfile.defaults(), CapabilitySet.NONE);
		long first = System.nanoTime();
		new SeccompCompiler().compile(SeccompProfile.defaults(), CapabilitySet.NONE);
		long second = System.nanoTime();
		System.out.printf("compile: %.1f ms, again %.1f ms; %s%n", (first - start) / 1e6, (second - first) / 1e6,
				filter);
	}

	private BpfMachine defaultMachine(CapabilitySet capabilities) {
		return new BpfMachine(this.compiler.compile(SeccompProfile.defaults(), capabilities).program());
	}

}
