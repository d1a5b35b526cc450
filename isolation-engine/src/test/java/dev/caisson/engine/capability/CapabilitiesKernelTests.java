package dev.caisson.engine.capability;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.LaunchedProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@KernelTest
class CapabilitiesKernelTests {

	private final CapabilitySet host = Capabilities.ofHost();

	private final CapabilitySet granted = Capabilities.grant(CapabilitySet.DEFAULT, this.host).capabilities();

	@TempDir
	Path directory;

	@Test
	void rootHasWhatIsGrantedAndNothingInheritable() {
		try (LaunchedProcess process = launch(0, 0)) {
			CapabilityReport report = Capabilities.observe(process.pid());
			assertThat(report.permitted()).isEqualTo(this.granted);
			assertThat(report.effective()).isEqualTo(this.granted);
			assertThat(report.bounding()).isEqualTo(this.granted);
			assertThat(report.inheritable()).isEqualTo(CapabilitySet.NONE);
			assertThat(report.ambient()).isEqualTo(CapabilitySet.NONE);
			assertThat(report.noNewPrivileges()).isFalse();
			assertThat(report.users()).containsOnly(0L);
			assertThat(report.additionalGroups()).isEmpty();
		}
	}

	@Test
	void otherUserHasNoneButCouldGainTheBoundingSet() {
		try (LaunchedProcess process = launch(1000, 1001, 7, 4_000_000_000L)) {
			CapabilityReport report = Capabilities.observe(process.pid());
			assertThat(report.permitted()).isEqualTo(CapabilitySet.NONE);
			assertThat(report.effective()).isEqualTo(CapabilitySet.NONE);
			assertThat(report.bounding()).isEqualTo(this.granted);
			assertThat(report.users()).containsExactly(1000L, 1000L, 1000L, 1000L);
			assertThat(report.groups()).containsExactly(1001L, 1001L, 1001L, 1001L);
			assertThat(report.additionalGroups()).containsExactly(7L, 4_000_000_000L);
		}
	}

	@Test
	void privilegedRootHasAllThatTheHostHas() {
		try (LaunchedProcess process = new LaunchedProcess(this.directory, (child) -> {
			Capabilities.planBounding(child, this.host, this.host);
			Capabilities.planUser(child, 0, 0, new int[0], this.host);
		}, "/bin/sleep", "1000")) {
			assertThat(Capabilities.observe(process.pid()).effective()).isEqualTo(this.host);
		}
	}

	@Test
	void noNewPrivilegesIsSet() {
		try (LaunchedProcess process = new LaunchedProcess(this.directory, Capabilities::planNoNewPrivileges,
				"/bin/sleep", "1000")) {
			assertThat(Capabilities.observe(process.pid()).noNewPrivileges()).isTrue();
		}
	}

	@Test
	void otherUserStillDiesWithItsKeeper() throws Exception {
		try (LaunchedProcess process = launch(1000, 1000)) {
			// what this link leads to is gone as soon as the process is dead, reaped or
			// not
			Path program = Path.of("/proc", Integer.toString(process.pid()), "exe");
			assertThat(Files.exists(program)).isTrue();
			process.keeper().kill();
			for (int i = 0; i < 200 && Files.exists(program); i++) {
				Thread.sleep(10);
			}
			assertThat(Files.exists(program)).isFalse();
		}
	}

	@Test
	void hostLacksWhatItsBoundingSetLacks() {
		Capabilities.Granted all = Capabilities.grant(CapabilitySet.ALL, this.host);
		assertThat(all.capabilities().with(all.missing())).isEqualTo(CapabilitySet.ALL);
		assertThat(all.capabilities().contains(Capability.CAP_SYS_ADMIN)).isTrue();
	}

	private LaunchedProcess launch(int uid, int gid, long... groups) {
		int[] numbers = java.util.Arrays.stream(groups).mapToInt((group) -> (int) group).toArray();
		return new LaunchedProcess(this.directory, (child) -> {
			Capabilities.planBounding(child, this.granted, this.host);
			Capabilities.planUser(child, uid, gid, numbers, this.granted);
		}, "/bin/sleep", "1000");
	}

	@Test
	void everyStepOfThePlanIsNamed() {
		dev.caisson.engine.launch.LaunchPlan.Builder plan = dev.caisson.engine.launch.LaunchPlan.builder();
		Capabilities.planBounding(plan.child(), CapabilitySet.NONE,
				CapabilitySet.of(List.of(Capability.CAP_CHOWN, Capability.CAP_BPF)));
		Capabilities.planUser(plan.child(), 5, -2, new int[] { 1 }, CapabilitySet.DEFAULT);
		assertThat(plan.build().child()).extracting(Object::toString)
			.containsExactly("prctl(PR_CAPBSET_DROP, CAP_CHOWN, 0, 0, 0)", "prctl(PR_CAPBSET_DROP, CAP_BPF, 0, 0, 0)",
					"setgroups(1, [1])", "setresgid(4294967294, 4294967294, 4294967294)", "setresuid(5, 5, 5)",
					"capset({_LINUX_CAPABILITY_VERSION_3, 0}, {effective=0x0, permitted=0x0, inheritable=0})",
					"prctl(PR_SET_PDEATHSIG, SIGKILL)");
	}

}
