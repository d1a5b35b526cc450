package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.rootfs.HostView.CgroupHierarchy;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RootPlanTests {

	private static final HostView UNIFIED = new HostView(List.of(new CgroupHierarchy("", "cgroup2", "")), true);

	private static final HostView HYBRID = new HostView(
			List.of(new CgroupHierarchy("cpu,cpuacct", "cgroup", "cpu,cpuacct"),
					new CgroupHierarchy("systemd", "cgroup", "name=systemd"),
					new CgroupHierarchy("unified", "cgroup2", "")),
			false);

	private static final Walls WALLS = new Walls(List.of("/proc/bus", "/proc/sys"), List.of(), List.of("/proc/kcore"),
			List.of("/proc/acpi", "/sys/firmware"), List.of());

	private static final List<Attachment> FILES = List.of(file("/etc/hostname"), file("/etc/hosts"),
			file("/etc/resolv.conf"));

	@Test
	void planOfDockersDefaults() throws IOException {
		assertThat(text(new RootPlan(new Specs().build(), UNIFIED, around(""), FILES, List.of(), WALLS)))
			.isEqualTo(golden("default.txt"));
	}

	@Test
	void planOnAHybridHostWithMountsDevicesParametersAndLabel() throws IOException {
		List<Attachment> attachments = new ArrayList<>(FILES);
		attachments.addFirst(new Attachment.Memory("/run", TmpfsOptions.parse(List.of("size=1m"), false), 0755));
		attachments.addFirst(new Attachment.Bind("/data", "mount /data", true));
		attachments.add(new Attachment.Bind("/data/inner/deep", "mount /data/inner/deep", true));
		attachments.add(new Attachment.Bind("/dev/log", "mount /dev/log", false));
		DeviceNode fuse = new DeviceNode(Path.of("/dev/fuse"), "/dev/fuse", 'c', 10, 229, 0666, 0, 44, "rwm");
		DeviceNode odd = new DeviceNode(Path.of("/dev/fuse"), "/srv/odd", 'c', 10, 229, 0600, 0, 0, "rwm");
		assertThat(text(new RootPlan(new Specs().readOnly().sysctl("net.core.somaxconn", "99").build(), HYBRID,
				around("u:object_r:t:s0:c1,c2"), attachments, List.of(fuse, odd), WALLS)))
			.isEqualTo(golden("hybrid.txt"));
	}

	@Test
	void planInAUserNamespaceBindsDevicesAndMakesPlacesItself() throws IOException {
		NamespaceSpec shifted = new NamespaceSpec(new Source.Own(), new Source.Own(), new Source.OfContainer(Specs.ID),
				new Source.Own(), new Source.Own(), true);
		assertThat(text(
				new RootPlan(new Specs().namespaces(shifted).build(), UNIFIED, around(""), FILES, List.of(), WALLS)))
			.isEqualTo(golden("shifted.txt"));
	}

	@Test
	void privilegedPlanLeavesNothingReadOnly() {
		List<Step> steps = steps(
				new RootPlan(new Specs().privileged().build(), UNIFIED, around(""), FILES, List.of(), Walls.NONE));
		assertThat(steps).noneMatch((step) -> step.toString().contains("RDONLY"));
	}

	@Test
	void userMountsAtTheSystemsPlacesTakeOver() {
		List<Attachment> attachments = List.of(new Attachment.Bind("/dev", "mount /dev", true),
				new Attachment.Bind("/sys", "mount /sys", true));
		List<Step> steps = steps(new RootPlan(new Specs().build(), UNIFIED, around(""), attachments, List.of(), WALLS));
		assertThat(steps).noneMatch((step) -> step.call() == SystemCall.MKNODAT || step.call() == SystemCall.SYMLINKAT);
		assertThat(steps).extracting(Step::purpose)
			.contains("mount /dev", "mount devpts on /dev/pts", "mount /sys")
			.doesNotContain("mount sysfs on /sys", "mount cgroup2 on /sys/fs/cgroup");
	}

	private static Surroundings around(String label) {
		return new Surroundings(Path.of("/run/caisson/empty"), label, OptionalInt.empty());
	}

	private static Attachment file(String target) {
		return new Attachment.Bind(target, "mount " + target, false);
	}

	private static List<Step> steps(RootPlan plan) {
		LaunchPlan.Builder builder = LaunchPlan.builder();
		plan.addTo(builder);
		return builder.build().child();
	}

	private static String text(RootPlan plan) {
		StringBuilder text = new StringBuilder();
		for (Step step : steps(plan)) {
			text.append(step.purpose()).append(": ").append(step);
			text.append(step.tolerated().isEmpty() ? "" : " or " + step.tolerated().stream().sorted().toList());
			text.append('\n');
		}
		return text.toString();
	}

	private static String golden(String name) throws IOException {
		try (var in = RootPlanTests.class.getResourceAsStream("plan-" + name)) {
			return (in == null) ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
