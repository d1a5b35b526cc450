package dev.caisson.engine.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.Launch;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Launcher;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.testing.KernelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A first process that enters its group by the steps of a plan, and sees no other. */
@KernelTest
@Timeout(60)
class CgroupLaunchTests {

	private static final long CLONE_NEWPID = 0x20000000L;

	private static final long CLONE_NEWCGROUP = 0x02000000L;

	@TempDir
	Path directory;

	@Test
	void launchInAllHierarchies() throws Exception {
		try (Group group = Group.ofHost()) {
			assertEntered(group, group.create(Group.NONE));
		}
	}

	@Test
	void launchInVersion2() throws Exception {
		try (Group group = Group.ofUnified()) {
			assertEntered(group, group.create(Group.NONE));
		}
	}

	private void assertEntered(Group group, Cgroup cgroup) throws Exception {
		Map<String, Fd> descriptors = new HashMap<>(cgroup.descriptors());
		try (Launcher launcher = new Launcher(Duration.ofSeconds(10));
				Fd nothing = Fd.open(Path.of("/dev/null"), Fd.O_RDWR);
				Fd output = Fd.open(this.directory.resolve("out"), Fd.O_RDWR | Fd.O_CREAT, 0600);
				Fd status = Fd.open(this.directory.resolve("status"), Fd.O_RDWR | Fd.O_CREAT, 0600);
				Fd exit = Fd.event("exit")) {
			give(descriptors, KeptDescriptor.CHILD_STDIN, nothing);
			give(descriptors, KeptDescriptor.CHILD_STDOUT, output);
			give(descriptors, KeptDescriptor.CHILD_STDERR, nothing);
			give(descriptors, KeptDescriptor.STATUS, status);
			give(descriptors, KeptDescriptor.EXIT, exit);
			Launch launch = launcher.run(plan(cgroup), "test", descriptors, null);
			cgroup.closeDescriptors();
			try (var keeper = launch.keeper()) {
				Group.await(() -> Group.text(this.directory.resolve("out")).contains("end"));
				assertThat(cgroup.processes()).containsExactly(keeper.containerPid());
				assertThat(seenFromOutside(keeper.containerPid(), cgroup)).hasSize(group.directories().size());
				assertThat(Files.readAllLines(this.directory.resolve("out")))
					.filteredOn((line) -> line.startsWith("0:"))
					.containsExactly("0::/");
				cgroup.kill();
				Group.await(() -> cgroup.processes().isEmpty());
				keeper.awaitEnd(Duration.ofSeconds(5));
			}
		}
	}

	private static List<String> seenFromOutside(int pid, Cgroup cgroup) {
		return Group.text(Path.of("/proc/" + pid + "/cgroup"))
			.lines()
			.filter((line) -> line.endsWith(":" + cgroup.path()))
			.toList();
	}

	private static void give(Map<String, Fd> descriptors, KeptDescriptor kept, Fd fd) {
		descriptors.put(kept.descriptorName(), fd);
	}

	private static LaunchPlan plan(Cgroup cgroup) {
		LaunchPlan.Builder plan = LaunchPlan.builder();
		Launcher.declare(plan);
		LaunchFrame.begin(plan);
		Step clone = LaunchFrame.clone(plan, CLONE_NEWPID, "CLONE_NEWPID", cgroup.cloneInto(plan));
		LaunchFrame.end(plan, clone);
		cgroup.plan(plan);
		plan.child()
			.call("leave the host's view of cgroups", SystemCall.UNSHARE,
					Arg.flags(CLONE_NEWCGROUP, "CLONE_NEWCGROUP"));
		LaunchFrame.letGo(plan, 1);
		plan.child()
			.call("execute", SystemCall.EXECVE, Arg.text("/bin/sh"),
					new Arg.Vector(List.of("sh", "-c", "cat /proc/self/cgroup; echo end; exec sleep 300")),
					new Arg.Vector(List.of("PATH=/bin:/usr/bin")));
		return plan.build();
	}

}
