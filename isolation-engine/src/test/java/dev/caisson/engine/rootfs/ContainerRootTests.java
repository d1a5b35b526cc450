package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.rootfs.MountTable.Entry;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What a running container sees by default, read from its own mount table and files. */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX })
class ContainerRootTests {

	@RegisterExtension
	private final TestRoots roots = new TestRoots();

	private Path layer;

	@BeforeEach
	void makeLayer() throws IOException {
		this.layer = TestContainer.layer(this.roots);
	}

	@Test
	void containerSeesItsOwnMountsAlone() throws Exception {
		try (TestContainer container = start(new Specs())) {
			List<Entry> mounts = container.mounts().entries();
			assertThat(mounts).extracting(Entry::target)
				.contains("/", "/proc", "/sys", "/dev", "/dev/pts", "/dev/shm", "/etc/hostname", "/etc/hosts",
						"/etc/resolv.conf", "/sys/fs/cgroup");
			assertThat(mounts).allSatisfy((mount) -> assertThat(mount.propagation()).isEqualTo("private"));
			assertThat(mounts.getFirst().type()).isEqualTo("overlay");
			assertThat(mounts).noneMatch((mount) -> mount.target().startsWith(this.roots.run().toString()));
		}
	}

	@Test
	void systemMountsHaveDockersOptions() throws Exception {
		try (TestContainer container = start(new Specs())) {
			MountTable mounts = container.mounts();
			assertThat(options(mounts, "/proc")).contains("rw", "nosuid", "nodev", "noexec");
			assertThat(options(mounts, "/sys")).contains("ro", "nosuid", "nodev", "noexec");
			assertThat(options(mounts, "/dev")).contains("rw", "nosuid").doesNotContain("noexec", "relatime");
			assertThat(mounts.at("/dev").orElseThrow().superOptions()).contains("size=65536k", "mode=755");
			assertThat(options(mounts, "/dev/pts")).contains("rw", "nosuid", "noexec");
			assertThat(mounts.at("/dev/pts").orElseThrow().superOptions()).contains("gid=5", "mode=620",
					"ptmxmode=666");
			assertThat(options(mounts, "/dev/shm")).contains("rw", "nosuid", "nodev", "noexec");
			assertThat(mounts.at("/dev/shm").orElseThrow().superOptions()).contains("size=65536k");
			assertThat(mounts.entries()).filteredOn((mount) -> mount.target().startsWith("/sys/fs/cgroup"))
				.isNotEmpty()
				.allSatisfy((mount) -> assertThat(mount.options()).contains("ro", "nosuid", "nodev", "noexec"));
		}
	}

	@Test
	void everyHierarchyBeginsWithTheContainersOwnGroup() throws Exception {
		try (TestContainer container = start(new Specs())) {
			// roots are told relative to the reader's cgroup namespace
			MountTable inside = MountTable.parse(container.run("cat /proc/self/mountinfo"));
			for (HostView.CgroupHierarchy hierarchy : HostView.read().cgroups()) {
				Entry mount = inside.at(Path.of("/sys/fs/cgroup").resolve(hierarchy.directory()).toString())
					.orElseThrow();
				assertThat(mount.root()).isEqualTo("/");
				assertThat(mount.type()).isEqualTo(hierarchy.type());
			}
		}
	}

	@Test
	void standardDevicesWorkAndLinksLeadWhereTheyShould() throws Exception {
		try (TestContainer container = start(new Specs())) {
			assertThat(container
				.run("stat -c '%n %F %t:%T %a' /dev/null /dev/zero /dev/full /dev/random /dev/urandom " + "/dev/tty"))
				.isEqualTo("""
						/dev/null character special file 1:3 666
						/dev/zero character special file 1:5 666
						/dev/full character special file 1:7 666
						/dev/random character special file 1:8 666
						/dev/urandom character special file 1:9 666
						/dev/tty character special file 5:0 666""");
			assertThat(container.run("for l in fd stdin stdout stderr core ptmx; do readlink /dev/$l; done"))
				.isEqualTo("/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\n/proc/kcore\npts/ptmx");
			assertThat(container.run("head -c 4 /dev/zero | wc -c; echo x > /dev/null && echo written"))
				.isEqualTo("4\nwritten");
			assertThat(container.run("ls /dev/pts; stat -c %a /dev/pts/ptmx /dev/shm")).isEqualTo("ptmx\n666\n1777");
			assertThat(container.run("ls -A /dev"))
				.isEqualTo("core\nfd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\n"
						+ "zero");
		}
	}

	@Test
	void filesBelowEtcAreTheServices() throws Exception {
		try (TestContainer container = start(new Specs())) {
			assertThat(container.run("cat /etc/hostname; head -1 /etc/hosts; echo '1.2.3.4 x' >> /etc/hosts"))
				.isEqualTo("box\n127.0.0.1\tlocalhost");
			assertThat(this.roots.directory("container").resolve("hosts")).content().contains("1.2.3.4 x");
			assertThat(this.roots.directory("container/upper").resolve("etc/hosts")).isEmptyFile();
		}
	}

	@Test
	void kernelsOwnFilesAreHiddenOrReadOnly() throws Exception {
		try (TestContainer container = start(new Specs())) {
			assertThat(
					container.run("cat /proc/kcore /proc/keys /proc/interrupts /proc/timer_list 2>/dev/null | wc -c"))
				.isEqualTo("0");
			assertThat(container
				.run("ls -A /sys/firmware /sys/devices/virtual/powercap /proc/acpi 2>/dev/null" + " | grep -v :"))
				.isEmpty();
			assertThat(container.run("echo 1 > /proc/sys/net/ipv4/ip_forward")).contains("Read-only file system");
			assertThat(container.run("echo 0 > /proc/self/oom_score_adj && echo proc itself is writable"))
				.isEqualTo("proc itself is writable");
			assertThat(container.run("mkdir /sys/fs/cgroup/x; touch /sys/kernel/x; touch /proc/acpi/x 2>&1 | cat"))
				.doesNotContain("created");
			for (String path : PrivilegeSpec.DEFAULT_MASKED) {
				assertThat(container.mounts().at(path).isPresent()).as(path).isEqualTo(Files.exists(Path.of(path)));
			}
			for (String path : PrivilegeSpec.DEFAULT_READ_ONLY) {
				assertThat(container.mounts().at(path).map(Entry::readOnly).orElse(false)).as(path)
					.isEqualTo(Files.exists(Path.of(path)));
			}
		}
	}

	@Test
	void declaredPathsElsewhereAreHiddenOrReadOnlyToo() throws Exception {
		Files.writeString(this.layer.resolve("etc/secret"), "secret");
		Files.createDirectories(this.layer.resolve("srv/secrets"));
		Files.writeString(this.layer.resolve("srv/secrets/file"), "secret");
		Files.createSymbolicLink(this.layer.resolve("srv/link"), Path.of("../etc/secret"));
		Specs specs = new Specs().masked("/etc/secret", "/srv/secrets", "/missing", "/srv/secrets/file")
			.readOnlyPaths("/home", "/missing", "/etc/passwd/missing", "/sys/fs");
		try (TestContainer container = start(specs)) {
			assertThat(container.run("cat /etc/secret /srv/link; ls /srv/secrets; touch /srv/secrets/x"))
				.isEqualTo("touch: /srv/secrets/x: Read-only file system");
			assertThat(container.run("touch /home/x; touch /root/x && echo written"))
				.isEqualTo("touch: /home/x: Read-only file system\nwritten");
		}
	}

	@Test
	void readOnlyRootLeavesItsMountsWritable() throws Exception {
		try (TestContainer container = start(
				new Specs().readOnly().mounts(Specs.tmpfs("/tmp")).workingDirectory("/w/d"))) {
			assertThat(container.run("touch /x; touch /tmp/x /dev/shm/x && echo written; ls -d /w/d"))
				.isEqualTo("touch: /x: Read-only file system\nwritten\n/w/d");
			assertThat(container.mounts().at("/").orElseThrow().readOnly()).isTrue();
		}
	}

	@Test
	void parametersAreSetInTheContainerAlone() throws Exception {
		String host = Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward"));
		try (TestContainer container = start(new Specs().sysctl("net.ipv4.ip_unprivileged_port_start", "17"))) {
			assertThat(container.run("cat /proc/sys/net/ipv4/ip_unprivileged_port_start")).isEqualTo("17");
			assertThat(container.run("echo 1 > /proc/sys/net/ipv4/ip_unprivileged_port_start"))
				.contains("Read-only file system");
		}
		assertThat(Files.readString(Path.of("/proc/sys/net/ipv4/ip_forward"))).isEqualTo(host);
	}

	@Test
	void privilegedSeesDevicesAndMayWriteToTheKernel() throws Exception {
		try (TestContainer container = start(new Specs().privileged())) {
			assertThat(container.path("/dev/kmsg")).exists();
			assertThat(container.run("ls /dev | wc -l"))
				.satisfies((count) -> assertThat(Integer.parseInt(count)).isGreaterThan(20));
			MountTable mounts = container.mounts();
			assertThat(mounts.entries()).noneMatch(Entry::readOnly);
			assertThat(mounts.at("/proc/kcore")).isEmpty();
		}
	}

	@Test
	void declaredDeviceIsANodeWithTheHostsNumbers() throws Exception {
		try (TestContainer container = start(new Specs().device("/dev/full", "/dev/some/where"))) {
			assertThat(container.run("stat -c '%t:%T %a' /dev/some/where")).isEqualTo("1:7 666");
		}
		try (TestContainer container = start(new Specs().device("/dev/full", "/srv/full"))) {
			assertThat(container.run("stat -c '%t:%T %a' /srv/full")).isEqualTo("1:7 666");
		}
	}

	@Test
	void startMakesDirectoriesThatTheImageLacks() throws Exception {
		for (String name : List.of("proc", "sys", "dev")) {
			Files.delete(this.layer.resolve(name));
		}
		try (TestContainer container = start(new Specs().workingDirectory("/not/there"))) {
			assertThat(container.run("ls -d /proc/1 /sys/kernel /dev/null /not/there | wc -l")).isEqualTo("4");
		}
	}

	@Test
	void filesOfTheServiceGetTheContainersLabel() throws Exception {
		Path data = this.roots.directory("container");
		ContainerSpec spec = new Specs().layers(List.of(this.layer)).build();
		ContainerFiles files = ContainerFiles.write(data, spec, List.of());
		try (Fd overlay = Overlay.mount(spec.root().layers(), this.roots.directory("container/upper"),
				this.roots.directory("container/work"), "");
				PreparedRoot prepared = RootFilesystem.prepare(spec, overlay, files, HostView.read(),
						new Surroundings(this.roots.run(), "u:object_r:t:s0", OptionalInt.empty()));
				Arena arena = Arena.ofConfined()) {
			assertThat(prepared.descriptors()).containsKey("mount /etc/hosts");
			MemorySegment value = arena.allocate(64);
			Linux.call(SystemCall.LGETXATTR, "label", Linux.text(arena, files.hosts().toString()).address(),
					Linux.text(arena, "security.selinux").address(), value.address(), value.byteSize());
			assertThat(value.getString(0)).isEqualTo("u:object_r:t:s0");
		}
	}

	private TestContainer start(Specs specs) throws IOException {
		return TestContainer.start(this.roots, specs.layers(List.of(this.layer)).build());
	}

	private static List<String> options(MountTable mounts, String target) {
		return mounts.at(target).orElseThrow().options();
	}

}
