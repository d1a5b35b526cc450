package dev.caisson.platform.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.Mechanism;
import dev.caisson.engine.evidence.Verdict;
import dev.caisson.engine.namespace.NamespaceKind;
import dev.caisson.engine.namespace.NamespaceReport;
import dev.caisson.engine.rootfs.MountTable;
import dev.caisson.engine.seccomp.Seccomp.SeccompReport;
import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.platform.evidence.Control.Source;

/** The controls that the kernel itself answers. */
final class KernelControls {

	/** What holds the host's programs, its configuration, its boot and its devices. */
	private static final List<String> SENSITIVE = List.of("/boot", "/dev", "/etc", "/lib", "/lib64", "/bin", "/sbin",
			"/proc", "/sys", "/usr", "/root");

	/** Of every container: what v1's list has for the standard nodes. */
	private static final List<String> STANDARD_DEVICES = List.of("c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm",
			"c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm");

	private static final List<String> SOCKETS = List.of("docker.sock", "podman.sock", "containerd.sock", "crio.sock",
			"caisson.sock");

	private static final long DEFAULT_SHARES = 1024, DEFAULT_WEIGHT = 100;

	private static final long UNLIMITED = 1L << 62;

	private KernelControls() {
	}

	static Judgement appArmor(Facts facts) {
		return Files.exists(Path.of("/sys/kernel/security/apparmor"))
				? Judgement.kernel(facts.report().label().isPresent(), facts.report().label().orElse("unconfined"))
				: Judgement.notApplicable(Source.KERNEL, "this kernel does not run AppArmor");
	}

	static Judgement selinux(Facts facts) {
		Finding label = facts.report().findings(Mechanism.SELINUX).getFirst();
		return (label.verdict() == Verdict.NOT_ASKED && !Files.exists(Path.of("/sys/fs/selinux/enforce")))
				? Judgement.notApplicable(Source.KERNEL, "this kernel does not run SELinux")
				: Judgement.kernel(label.verdict() == Verdict.PROVEN, label.observed());
	}

	static Judgement capabilities(Facts facts) {
		CapabilitySet extra = facts.report().capabilities().bounding().without(CapabilitySet.DEFAULT);
		return extra.isEmpty() ? Judgement.kernel(true, "CapBnd " + hex(facts.report().capabilities().bounding()))
				: Judgement.kernel(false, "beyond the default: "
						+ extra.members().stream().map(Enum::name).collect(Collectors.joining(" ")));
	}

	/** By what a privileged container is to the kernel: no filter, every device. */
	static Judgement privileged(Facts facts) {
		boolean filtered = facts.report().seccomp().mode() == SeccompReport.Mode.FILTER;
		boolean everyDevice = facts.control("devices.list").contains("a *:*");
		boolean wide = facts.report().capabilities().bounding().contains(Capability.CAP_SYS_ADMIN);
		return Judgement.kernel(filtered || !wide || (!everyDevice && !facts.definition().hostConfig().privileged()),
				"seccomp mode " + facts.report().seccomp().mode().ordinal() + ", CapBnd "
						+ hex(facts.report().capabilities().bounding()));
	}

	private static String hex(CapabilitySet set) {
		return String.format(Locale.ROOT, "%016x", set.bits());
	}

	static Judgement sensitiveDirectories(Facts facts) {
		List<String> found = facts.foreignMounts()
			.stream()
			.flatMap((mount) -> facts.host()
				.path(mount)
				.filter(KernelControls::isSensitive)
				.map((path) -> path + " on " + mount.target() + (mount.readOnly() ? " (ro)" : " (rw)"))
				.stream())
			.toList();
		return Judgement.kernel(found.isEmpty(),
				found.isEmpty() ? "no mount comes from them" : String.join(", ", found));
	}

	private static boolean isSensitive(String path) {
		return path.equals("/") || SENSITIVE.stream().anyMatch((directory) -> HostMounts.isBelow(directory, path));
	}

	static Judgement remoteShell(Facts facts) {
		boolean found = facts.programs().contains("sshd");
		return Judgement.kernel(!found,
				found ? "sshd runs in it" : facts.programs().size() + " processes, none is sshd");
	}

	static Judgement own(Facts facts, NamespaceKind kind) {
		NamespaceReport.Entry entry = facts.report().namespaces().entries().get(kind);
		if (entry == null) {
			return Judgement.notApplicable(Source.KERNEL, "this kernel has no such namespaces");
		}
		return Judgement.kernel(entry.isPrivate(), kind.fileName() + ":[" + entry.inode() + "], the host's is "
				+ kind.fileName() + ":[" + entry.host() + "]");
	}

	static Judgement memoryLimit(Facts facts) {
		return limited(facts.control("memory.max", "memory.limit_in_bytes"), "bytes of memory");
	}

	static Judgement processLimit(Facts facts) {
		return limited(facts.control("pids.max"), "tasks");
	}

	private static Judgement limited(String value, String what) {
		boolean limited = value.matches("\\d{1,19}") && Long.parseLong(value) < UNLIMITED;
		return Judgement.kernel(limited, limited ? "at most " + value + " " + what : "no limit: " + value);
	}

	static Judgement processorPriority(Facts facts) {
		String weight = facts.control("cpu.weight", "cpu.shares");
		String quota = facts.control("cpu.max", "cpu.cfs_quota_us");
		boolean weighted = !weight.equals(Long.toString(DEFAULT_SHARES))
				&& !weight.equals(Long.toString(DEFAULT_WEIGHT));
		boolean limited = !quota.startsWith("max") && !quota.equals("-1");
		return Judgement.kernel(weighted || limited, "weight " + weight + ", quota " + quota);
	}

	static Judgement readOnlyRoot(Facts facts) {
		boolean readOnly = facts.report().mounts().at("/").map(MountTable.Entry::readOnly).orElse(false);
		return Judgement.kernel(readOnly, readOnly ? "/ is mounted read-only" : "/ is writable");
	}

	static Judgement devices(Facts facts) {
		String list = facts.control("devices.list");
		if (list.isEmpty()) {
			int declared = facts.definition().hostConfig().devices().size();
			return Judgement.configuration(declared == 0 && !facts.definition().hostConfig().privileged(),
					declared + " devices declared; this kernel does not show the rules");
		}
		List<String> extra = list.lines().filter((rule) -> !STANDARD_DEVICES.contains(rule.strip())).toList();
		return Judgement.kernel(extra.isEmpty(),
				extra.isEmpty() ? "only the standard ones" : "beyond the standard ones: " + String.join(", ", extra));
	}

	static Judgement limitsOfProcesses(Facts facts) {
		List<Finding> limits = facts.report()
			.findings(Mechanism.PROCESS)
			.stream()
			.filter((finding) -> finding.item().startsWith("rlimit "))
			.toList();
		if (limits.isEmpty()) {
			return Judgement.notApplicable(Source.KERNEL, "none was asked for: the defaults of the service count");
		}
		return Judgement.kernel(limits.stream().allMatch((finding) -> finding.verdict() == Verdict.PROVEN),
				limits.stream()
					.map((finding) -> finding.item() + " " + finding.observed())
					.collect(Collectors.joining(", ")));
	}

	static Judgement propagation(Facts facts) {
		List<String> shared = facts.report()
			.mounts()
			.entries()
			.stream()
			.filter((mount) -> mount.sharedWith().isPresent())
			.map(MountTable.Entry::target)
			.toList();
		return Judgement.kernel(shared.isEmpty(),
				shared.isEmpty() ? "no mount is shared" : "shared: " + String.join(", ", shared));
	}

	static Judgement seccomp(Facts facts) {
		boolean filtered = facts.report().seccomp().mode() == SeccompReport.Mode.FILTER;
		boolean other = facts.report()
			.findings(Mechanism.SECCOMP)
			.stream()
			.anyMatch((finding) -> finding.verdict() == Verdict.DIFFERS);
		String digest = facts.report()
			.filters()
			.filter((filters) -> !filters.isEmpty())
			.map((filters) -> ", read back as sha256:" + filters.getLast().digest())
			.orElse("");
		return Judgement.kernel(filtered && !other, "mode " + facts.report().seccomp().mode().ordinal() + digest);
	}

	static Judgement cgroup(Facts facts) {
		Path file = Path.of("/proc", Integer.toString(facts.report().pid()), "cgroup");
		try {
			List<String> within = Files.readAllLines(file)
				.stream()
				.filter((line) -> line.contains(facts.report().cgroup()))
				.toList();
			return Judgement.kernel(!within.isEmpty(),
					within.isEmpty() ? "not in " + facts.report().cgroup() : within.getFirst());
		}
		catch (IOException ex) {
			return new Judgement(Control.Status.UNKNOWN, Source.KERNEL, "the process has ended");
		}
	}

	static Judgement noNewPrivileges(Facts facts) {
		boolean set = facts.report().capabilities().noNewPrivileges();
		return Judgement.kernel(set, "NoNewPrivs " + (set ? "1" : "0"));
	}

	static Judgement engineSocket(Facts facts) {
		List<String> found = facts.report()
			.mounts()
			.entries()
			.stream()
			.filter((mount) -> SOCKETS.stream().anyMatch((socket) -> mount.root().endsWith("/" + socket)))
			.map(MountTable.Entry::target)
			.toList();
		return Judgement.kernel(found.isEmpty(),
				found.isEmpty() ? "no mount is one" : "on " + String.join(", ", found));
	}

}
