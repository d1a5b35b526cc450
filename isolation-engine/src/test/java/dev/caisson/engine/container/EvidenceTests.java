package dev.caisson.engine.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

import dev.caisson.engine.evidence.Finding;
import dev.caisson.engine.evidence.IsolationReport;
import dev.caisson.engine.evidence.Mechanism;
import dev.caisson.engine.evidence.Verdict;
import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.engine.namespace.NamespaceKind;
import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.ResourceSpec;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What is read back of running containers, after real changes behind our back. */
@KernelTest
@Timeout(60)
class EvidenceTests {

	private static final ResourceSpec LIMITS = new ResourceSpec(OptionalLong.of(64 << 20), OptionalLong.empty(),
			OptionalLong.empty(), OptionalInt.empty(), false, OptionalLong.of(50_000), OptionalLong.of(100_000),
			OptionalLong.empty(), "0", "", OptionalLong.of(50), OptionalInt.empty(), List.of(), List.of());

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Containers containers;

	private Path layer;

	private Container container;

	private ContainerSpec spec;

	@BeforeEach
	void open() throws IOException {
		this.layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
		this.containers = Containers.open(this.roots.cgroup(), this.roots.data(), this.roots.run());
	}

	@AfterEach
	void close() {
		for (Container each : this.containers.all()) {
			each.stop(9, Duration.ZERO);
			each.remove();
		}
		this.containers.close();
	}

	private void start(NamespaceSpec namespaces, ResourceSpec resources) {
		ContainerId id = ContainerId.random();
		this.container = this.containers.create(id, LogSettings.DEFAULT);
		this.spec = new SpecBuilder(id, this.layer).namespaces(namespaces)
			.resources(resources)
			.run("sleep", "1000")
			.build();
		this.container.start(this.spec);
	}

	private IsolationReport observe() {
		return this.container.observe(this.spec, true).orElseThrow();
	}

	private static Finding finding(IsolationReport report, Mechanism mechanism, String item) {
		return report.findings(mechanism)
			.stream()
			.filter((each) -> each.item().equals(item))
			.findFirst()
			.orElseThrow(() -> new AssertionError("no finding on " + item + " in " + report.findings(mechanism)));
	}

	@Test
	void everythingDeclaredIsProven() throws IOException {
		start(NamespaceSpec.PRIVATE, LIMITS);
		IsolationReport report = observe();
		assertThat(report.findings()).extracting(Finding::verdict).containsOnly(Verdict.PROVEN, Verdict.NOT_ASKED);
		assertThat(report.findings()).extracting(Finding::mechanism)
			.contains(Mechanism.NAMESPACE, Mechanism.CGROUP, Mechanism.SECCOMP, Mechanism.CAPABILITY, Mechanism.ROOTFS);
		for (NamespaceKind kind : List.of(NamespaceKind.MNT, NamespaceKind.PID, NamespaceKind.NET)) {
			assertThat(Files.readSymbolicLink(Path.of("/proc/" + report.pid() + "/ns/" + kind.fileName())))
				.hasToString(kind.fileName() + ":[" + report.namespaces().entries().get(kind).inode() + "]");
			assertThat(finding(report, Mechanism.NAMESPACE, kind.fileName()).verdict()).isEqualTo(Verdict.PROVEN);
		}
		Finding pids = finding(report, Mechanism.CGROUP, "pids.max");
		assertThat(pids.observed()).isEqualTo("50");
		assertThat(pids.verdict()).isEqualTo(Verdict.PROVEN);
	}

	@Test
	void filterReadBackIsTheOneThatWasCompiled() {
		start(NamespaceSpec.PRIVATE, ResourceSpec.UNLIMITED);
		IsolationReport report = observe();
		assertThat(report.filters().orElseThrow()).hasSize(report.seccomp().filters());
		assertThat(finding(report, Mechanism.SECCOMP, "filter").verdict()).isEqualTo(Verdict.PROVEN);
		assertThat(report.filters().get().getLast().length()).isGreaterThan(50);
	}

	@Test
	void otherFilterThanDeclaredDiffers() {
		start(NamespaceSpec.PRIVATE, ResourceSpec.UNLIMITED);
		ContainerSpec other = withProfile("""
				{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mount"], "action": "SCMP_ACT_ERRNO"}]}""");
		IsolationReport report = this.container.observe(other, true).orElseThrow();
		assertThat(finding(report, Mechanism.SECCOMP, "filter").verdict()).isEqualTo(Verdict.DIFFERS);
		assertThat(report.differences()).extracting(Finding::item).containsExactly("filter");
	}

	private ContainerSpec withProfile(String json) {
		var declared = this.spec.privileges();
		var changed = new PrivilegeSpec(declared.privileged(), declared.capabilities(), declared.noNewPrivileges(),
				new PrivilegeSpec.SeccompChoice.Custom(json), declared.selinux(), declared.maskedPaths(),
				declared.readOnlyPaths());
		return new ContainerSpec(this.spec.id(), this.spec.root(), this.spec.process(), this.spec.namespaces(),
				this.spec.identity(), this.spec.mounts(), this.spec.devices(), this.spec.resources(), changed,
				this.spec.sysctls());
	}

	@Test
	void limitThatSomebodyChangedDiffers() throws Exception {
		start(NamespaceSpec.PRIVATE, LIMITS);
		try (Stream<Path> found = Files.find(Path.of("/sys/fs/cgroup"), 6,
				(path, _) -> path.endsWith(this.container.id().value() + "/pids.max"))) {
			Files.writeString(found.findFirst().orElseThrow(), "4000");
		}
		Finding pids = finding(observe(), Mechanism.CGROUP, "pids.max");
		assertThat(pids).isEqualTo(new Finding(Mechanism.CGROUP, "pids.max", "50", "4000", Verdict.DIFFERS));
	}

	@Test
	void maskThatSomebodyTookAwayDiffers() throws Exception {
		start(NamespaceSpec.PRIVATE, ResourceSpec.UNLIMITED);
		int pid = this.container.state().pid();
		Process umount = new ProcessBuilder("nsenter", "-t", Integer.toString(pid), "-m", "umount", "/proc/interrupts")
			.start();
		assertThat(new String(umount.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
			.isEmpty();
		assertThat(umount.waitFor()).isZero();
		assertThat(finding(observe(), Mechanism.ROOTFS, "/proc/interrupts"))
			.extracting(Finding::observed, Finding::verdict)
			.containsExactly("visible", Verdict.DIFFERS);
	}

	@Test
	void sharedNamespaceIsToldAsSuch() {
		start(new NamespaceSpec(new Source.Host(), new Source.Own(), new Source.Own(), new Source.Own(),
				new Source.Own(), false), ResourceSpec.UNLIMITED);
		assertThat(finding(observe(), Mechanism.NAMESPACE, "pid").verdict()).isEqualTo(Verdict.NOT_ASKED);
		ContainerSpec declaredPrivate = new SpecBuilder(this.container.id(), this.layer).run("sleep", "1000").build();
		IsolationReport report = this.container.observe(declaredPrivate, false).orElseThrow();
		assertThat(finding(report, Mechanism.NAMESPACE, "pid").verdict()).isEqualTo(Verdict.DIFFERS);
	}

	@Test
	void pausedContainerKeepsItsFilterUnread() {
		start(NamespaceSpec.PRIVATE, ResourceSpec.UNLIMITED);
		this.container.pause();
		IsolationReport report = observe();
		assertThat(report.filters()).isEmpty();
		assertThat(report.differences()).isEmpty();
		this.container.resume();
		assertThat(observe().filters()).isPresent();
	}

	@Test
	void endedContainerHasNoReport() {
		start(NamespaceSpec.PRIVATE, ResourceSpec.UNLIMITED);
		this.container.stop(9, Duration.ZERO);
		assertThat(this.container.observe(this.spec, true)).isEmpty();
	}

	@Test
	void launchOfALongerRunIsKept() throws Exception {
		start(NamespaceSpec.PRIVATE, ResourceSpec.UNLIMITED);
		LaunchTrace begun = this.container.lastLaunch().orElseThrow();
		assertThat(begun.entries()).hasSizeGreaterThan(50);
		for (int i = 0; i < 600 && this.container.launches().isEmpty(); i++) {
			Thread.sleep(50);
		}
		assertThat(this.container.launches()).containsExactly(1);
		LaunchTrace kept = this.container.launch(1).orElseThrow();
		assertThat(kept.startedAt()).isEqualTo(begun.startedAt());
		assertThat(kept.entries()).hasSameSizeAs(begun.entries());
		assertThat(kept.entries().getFirst()).isEqualTo(begun.entries().getFirst());
		assertThat(this.container.launch(2)).isEmpty();
		this.container.stop(9, Duration.ZERO);
		assertThat(this.container.lastLaunch()).contains(kept);
	}

}
