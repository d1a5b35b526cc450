package dev.caisson.engine.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HierarchyTests {

	@Test
	void hybridHostWithSharedHierarchies() {
		List<Hierarchy> hierarchies = Hierarchy.find("""
				25 30 0:23 / /sys rw - sysfs sysfs rw
				31 25 0:28 / /sys/fs/cgroup ro,nosuid shared:9 - tmpfs tmpfs ro,mode=755
				32 31 0:29 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup2 rw,nsdelegate
				33 31 0:30 / /sys/fs/cgroup/systemd rw shared:11 - cgroup cgroup rw,xattr,name=systemd
				34 31 0:31 / /sys/fs/cgroup/cpu,cpuacct rw shared:12 - cgroup cgroup rw,cpu,cpuacct
				35 31 0:32 / /sys/fs/cgroup/memory rw shared:13 - cgroup cgroup rw,memory
				""", """
				9:rdma:/
				4:memory:/system.slice/x.service
				3:cpu,cpuacct:/system.slice
				1:name=systemd:/system.slice/x.service
				0::/system.slice/x.service
				""");
		assertThat(hierarchies).extracting(Hierarchy::name)
			.containsExactly("systemd", "cpu,cpuacct", "memory", "unified");
		assertThat(hierarchies.get(1).controllers()).isEqualTo(Set.of("cpu", "cpuacct"));
		assertThat(hierarchies.get(2).mount().path()).isEqualTo(Path.of("/sys/fs/cgroup/memory"));
		assertThat(hierarchies.get(2).own().path()).isEqualTo(Path.of("/sys/fs/cgroup/memory/system.slice/x.service"));
		assertThat(hierarchies.get(3).isUnified()).isTrue();
		assertThat(hierarchies.get(0).controllers()).isEmpty();
	}

	@Test
	void hostWithVersion2Alone() {
		List<Hierarchy> hierarchies = Hierarchy
			.find("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate", "0::/init.scope\n");
		assertThat(hierarchies).singleElement().satisfies((only) -> {
			assertThat(only.name()).isEqualTo("unified");
			assertThat(only.own().path()).isEqualTo(Path.of("/sys/fs/cgroup/init.scope"));
		});
	}

	@Test
	void insideAContainerOnlyItsPartOfAHierarchyIsMounted() {
		Hierarchy memory = Hierarchy
			.find("35 31 0:32 /docker/ab /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", "4:memory:/docker/ab/c\n")
			.getFirst();
		assertThat(memory.own().path()).isEqualTo(Path.of("/sys/fs/cgroup/memory/c"));
	}

	@Test
	void groupOutsideOfWhatIsMountedCountsAsItsTop() {
		Hierarchy memory = Hierarchy
			.find("35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", "4:memory:/../other\n")
			.getFirst();
		assertThat(memory.own().path().startsWith("/sys/fs/cgroup/memory")).isTrue();
	}

	@Test
	void mountThatIsHiddenByALaterOneIsNotUsed() {
		assertThat(Hierarchy.find("""
				35 31 0:32 / /mnt/my\\040cgroup rw - cgroup2 cgroup2 rw
				36 31 0:33 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
				37 31 0:34 / /sys/fs/cgroup rw - tmpfs tmpfs rw
				""", "0::/\n")).singleElement()
			.extracting((only) -> only.mount().path())
			.isEqualTo(Path.of("/mnt/my cgroup"));
	}

	@Test
	void wholeHierarchyIsPreferredToAPart() {
		assertThat(Hierarchy.find("""
				35 31 0:32 /part /part rw - cgroup2 cgroup2 rw
				36 31 0:32 / /whole rw - cgroup2 cgroup2 rw
				""", "0::/\n").getFirst().mount().path()).isEqualTo(Path.of("/whole"));
	}

}
