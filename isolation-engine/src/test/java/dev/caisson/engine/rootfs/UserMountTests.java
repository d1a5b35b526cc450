package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

import dev.caisson.engine.launch.StepFailedException;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.rootfs.MountTable.Entry;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.MountSpec.Propagation;
import dev.caisson.engine.spec.NamespaceSpec;
import dev.caisson.engine.spec.NamespaceSpec.Source;
import dev.caisson.engine.testing.Feature;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The user's mounts, hostile images and shared namespaces, on running containers. */
@KernelTest(needs = { Feature.OVERLAY, Feature.BUSYBOX, Feature.USER_NAMESPACES })
class UserMountTests {

	@RegisterExtension
	private final TestRoots roots = new TestRoots();

	private Path layer;

	private Path source;

	@BeforeEach
	void makeDirectories() throws IOException {
		this.layer = TestContainer.layer(this.roots);
		this.source = this.roots.directory("source");
		Files.writeString(this.source.resolve("file"), "content");
	}

	@Test
	void bindShowsAndTakesWhatIsWritten() throws Exception {
		try (TestContainer container = start(Specs.bind(this.source, "/not/there"),
				Specs.bind(this.source.resolve("file"), "/srv/one-file"))) {
			assertThat(container.run("cat /not/there/file /srv/one-file; echo new > /not/there/new"))
				.isEqualTo("contentcontent");
			assertThat(this.source.resolve("new")).hasContent("new\n");
			assertThat(container.mounts().at("/not/there").orElseThrow().propagation()).isEqualTo("private");
		}
	}

	@Test
	void missingSourceIsMadeWhereAskedFor() throws Exception {
		Path missing = this.source.resolve("made/for/it");
		try (TestContainer container = start(new MountSpec.Bind(missing, "/data", false, true, Propagation.RPRIVATE,
				true, MountSpec.Relabel.NONE))) {
			assertThat(container.run("touch /data/x && echo written")).isEqualTo("written");
			assertThat(missing.resolve("x")).exists();
		}
	}

	@Test
	void readOnlyBindIsReadOnlyWithAllBelowIt() throws Exception {
		Path below = Files.createDirectories(this.source.resolve("below"));
		mount("-t", "tmpfs", "tmpfs", below.toString());
		try (TestContainer container = start(Specs.readOnlyBind(this.source, "/data"))) {
			assertThat(container.run("touch /data/x; touch /data/below/x"))
				.isEqualTo("touch: /data/x: Read-only file system\ntouch: /data/below/x: Read-only file system");
			Files.writeString(below.resolve("hosts"), "");
		}
		finally {
			command("umount", below.toString());
		}
	}

	@Test
	void bindThatIsNotRecursiveLeavesMountsBehind() throws Exception {
		Path below = Files.createDirectories(this.source.resolve("below"));
		mount("-t", "tmpfs", "tmpfs", below.toString());
		try (TestContainer container = start(new MountSpec.Bind(this.source, "/data", false, false,
				Propagation.RPRIVATE, false, MountSpec.Relabel.NONE))) {
			assertThat(container.mounts().at("/data/below")).isEmpty();
		}
		finally {
			command("umount", below.toString());
		}
	}

	@Test
	void mountEventsSpreadAsDeclared() throws Exception {
		Path peer = Files.createDirectories(this.source.resolve("peer"));
		mount("-t", "tmpfs", "tmpfs", this.source.toString());
		Files.createDirectories(peer);
		mount("--make-shared", this.source.toString());
		try (TestContainer container = start(Specs.bind(this.source, "/slave", Propagation.RSLAVE),
				Specs.bind(this.source, "/shared", Propagation.RSHARED), Specs.bind(this.source, "/private"))) {
			mount("-t", "tmpfs", "tmpfs", peer.toString());
			MountTable mounts = container.mounts();
			assertThat(mounts.at("/slave/peer")).isPresent();
			assertThat(mounts.at("/shared/peer")).isPresent();
			assertThat(mounts.at("/private/peer")).isEmpty();
			assertThat(mounts.at("/slave").orElseThrow().propagation()).isEqualTo("slave");
			assertThat(mounts.at("/shared").orElseThrow().propagation()).isEqualTo("shared");
			command("umount", peer.toString());
			container.run("mount -t tmpfs tmpfs /shared/peer");
			assertThat(MountTable.own().at(peer.toString())).isPresent();
			command("umount", peer.toString());
			container.run("mount -t tmpfs tmpfs /slave/peer");
			assertThat(MountTable.own().at(peer.toString())).isEmpty();
		}
		finally {
			command("umount", "-R", this.source.toString());
		}
	}

	@Test
	void sharedPropagationOfAPrivateMountIsRefused() throws Exception {
		mount("-t", "tmpfs", "tmpfs", this.source.toString());
		mount("--make-private", this.source.toString());
		try {
			assertThatExceptionOfType(InvalidSpecException.class)
				.isThrownBy(() -> start(Specs.bind(this.source, "/data", Propagation.RSHARED)))
				.withMessage("path " + this.source + " is mounted on " + this.source + " but it is not a shared mount");
		}
		finally {
			command("umount", this.source.toString());
		}
	}

	@Test
	void tmpfsHasItsOptions() throws Exception {
		Files.createDirectories(this.layer.resolve("sticky"));
		command("chmod", "1777", this.layer.resolve("sticky").toString());
		try (TestContainer container = start(Specs.tmpfs("/plain"), Specs.tmpfs("/sticky"),
				Specs.tmpfs("/special", "exec", "size=128k", "mode=700", "uid=33", "gid=34"),
				new MountSpec.Tmpfs("/closed", true, List.of()), Specs.tmpfs("/dev/shm", "size=64k"))) {
			MountTable mounts = container.mounts();
			assertThat(mounts.at("/plain").orElseThrow().options()).contains("rw", "nosuid", "nodev", "noexec");
			assertThat(mounts.at("/special").orElseThrow().options()).contains("rw", "nosuid", "nodev")
				.doesNotContain("noexec");
			assertThat(mounts.at("/special").orElseThrow().superOptions()).contains("size=128k", "mode=700", "uid=33",
					"gid=34");
			assertThat(container.run("stat -c %a /plain /sticky /special /dev/shm")).isEqualTo("755\n1777\n700\n1777");
			assertThat(container.run("touch /closed/x")).contains("Read-only file system");
			assertThat(mounts.at("/dev/shm").orElseThrow().superOptions()).contains("size=64k");
			assertThat(mounts.entries()).filteredOn((mount) -> mount.target().equals("/dev/shm")).hasSize(1);
		}
	}

	@Test
	void innerMountsComeAfterOuterOnesAndAreMadeInThem() throws Exception {
		Path inner = this.roots.directory("inner");
		Files.writeString(inner.resolve("inside"), "inner");
		try (TestContainer container = start(Specs.bind(inner, "/data/a/b"), Specs.tmpfs("/data"),
				Specs.bind(inner.resolve("inside"), "/data/a/file"), Specs.tmpfs("/run"),
				Specs.bind(inner, "/var/run/x"))) {
			assertThat(container.run("cat /data/a/b/inside /data/a/file /var/run/x/inside"))
				.isEqualTo("innerinnerinner");
			assertThat(this.roots.directory("container/upper").resolve("data")).isEmptyDirectory();
		}
	}

	@Test
	void mountThroughALinkIntoAnotherMountLandsThere() throws Exception {
		Files.createSymbolicLink(Files.createDirectories(this.layer.resolve("srv")).resolve("link"), Path.of("/run"));
		try (TestContainer container = start(Specs.tmpfs("/run"), Specs.bind(this.source, "/srv/link/x"))) {
			assertThat(container.mounts().at("/run/x")).isPresent();
		}
	}

	@Test
	void usersFileBelowEtcTakesThePlaceOfTheServices() throws Exception {
		try (TestContainer container = start(Specs.bind(this.source.resolve("file"), "/etc/hosts"))) {
			assertThat(container.run("cat /etc/hosts")).isEqualTo("content");
			assertThat(container.mounts().entries()).filteredOn((mount) -> mount.target().equals("/etc/hosts"))
				.hasSize(1);
		}
	}

	@Test
	void mountOnDevAddsToIt() throws Exception {
		try (TestContainer container = start(Specs.bind(this.source, "/dev/extra"),
				Specs.bind(Path.of("/dev/full"), "/dev/odd"))) {
			assertThat(container.run("cat /dev/extra/file; ls /dev/null; echo x > /dev/odd"))
				.startsWith("content/dev/null")
				.contains("No space left");
		}
	}

	@Test
	void hostsDevInPlaceOfTheContainers() throws Exception {
		try (TestContainer container = start(Specs.bind(Path.of("/dev"), "/dev"))) {
			assertThat(container.mounts().at("/dev").orElseThrow().type()).isEqualTo("devtmpfs");
			assertThat(container.run("ls /dev/pts")).isEqualTo("ptmx");
		}
	}

	@Test
	void linkInPlaceOfASystemDirectoryIsRefused() throws Exception {
		for (String name : List.of("proc", "sys", "dev")) {
			Files.delete(this.layer.resolve(name));
			Files.createSymbolicLink(this.layer.resolve(name), Path.of("/tmp"));
			assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> start())
				.withMessageContaining("/" + name)
				.withMessageContaining("symbolic link");
			Files.delete(this.layer.resolve(name));
			Files.createDirectories(this.layer.resolve(name));
		}
	}

	@Test
	void linksOfTheImageDoNotLeadAMountIntoProcOrOut() throws Exception {
		Path srv = Files.createDirectories(this.layer.resolve("srv"));
		Files.createSymbolicLink(srv.resolve("proc"), Path.of("/proc"));
		Files.createSymbolicLink(srv.resolve("attr"), Path.of("/proc/self/attr"));
		Files.createSymbolicLink(srv.resolve("fd"), Path.of("/proc/self/fd/9"));
		Files.createSymbolicLink(srv.resolve("out"), Path.of("../../../../../../.." + this.source));
		for (String link : List.of("proc", "attr", "fd")) {
			try (TestContainer container = start(Specs.bind(this.source, "/srv/" + link))) {
				List<Entry> mounts = container.mounts().entries();
				assertThat(mounts).filteredOn((mount) -> mount.target().equals("/proc"))
					.last()
					.satisfies((mount) -> assertThat(mount.type()).isEqualTo("proc"));
				assertThat(container.run("ls -d /proc/1; cat /srv/" + link + "/file")).startsWith("/proc/1\n")
					.contains("No such file");
			}
		}
		try (TestContainer container = start(Specs.bind(this.source, "/srv/out/x"))) {
			assertThat(container.mounts().at(this.source + "/x")).isPresent();
			assertThat(this.source.resolve("x")).doesNotExist();
		}
	}

	@Test
	void linkInAVolumeDoesNotLeadAMountOut() throws Exception {
		Path outside = this.roots.directory("outside");
		Files.createSymbolicLink(this.source.resolve("link"), outside);
		assertThatExceptionOfType(StepFailedException.class)
			.isThrownBy(() -> start(Specs.bind(this.source, "/data"), Specs.tmpfs("/data/link/made")));
		assertThat(outside).isEmptyDirectory();
	}

	@Test
	void danglingLinkInPlaceOfResolvConf() throws Exception {
		Files.createSymbolicLink(this.layer.resolve("etc/resolv.conf"), Path.of("../run/systemd/resolve/stub.conf"));
		try (TestContainer container = start(Specs.tmpfs("/data"))) {
			assertThat(container.mounts().at("/run/systemd/resolve/stub.conf")).isPresent();
		}
	}

	@Test
	void userNamespaceSeesFilesDevicesAndMountsAsItsOwn() throws Exception {
		NamespaceSpec shifted = new NamespaceSpec(new Source.Own(), new Source.Own(), new Source.Own(),
				new Source.Own(), new Source.Own(), true);
		Specs specs = new Specs().namespaces(shifted)
			.readOnly()
			.device("/dev/full", "/dev/odd")
			.workingDirectory("/made/for/it")
			.mounts(Specs.bind(this.source, "/data/deep"), Specs.tmpfs("/tmp"));
		try (UserNamespace users = new UserNamespace(300_000);
				Fd namespace = users.open();
				TestContainer container = TestContainer.start(this.roots, specs.layers(List.of(this.layer)).build(),
						namespace, OptionalInt.empty())) {
			assertThat(Files.readString(Path.of("/proc/" + container.pid() + "/uid_map"))).contains("300000");
			assertThat(Files.getAttribute(container.path("/bin/busybox"), "unix:uid")).isEqualTo(300_000);
			assertThat(Files.getAttribute(container.path("/dev/shm"), "unix:uid")).isEqualTo(300_000);
			assertThat(Files.getAttribute(container.path("/made/for/it"), "unix:uid")).isEqualTo(300_000);
			assertThat(Files.getAttribute(container.path("/etc/hosts"), "unix:uid")).isEqualTo(300_000);
			assertThat(container.path("/data/deep/file")).hasContent("content");
			assertThat(container.path("/proc/1/cmdline")).content().startsWith("/bin/busybox");
			assertThat(Files.getAttribute(container.path("/dev/odd"), "unix:rdev")).isEqualTo(0x107L);
			assertThat(container.mounts().at("/sys").orElseThrow().readOnly()).isTrue();
			assertThat(container.mounts().at("/").orElseThrow().options()).contains("ro", "nodev");
			assertThat(Files.getAttribute(this.roots.directory("container/upper").resolve("made"), "unix:uid"))
				.isEqualTo(0);
		}
	}

	@Test
	void sharedIpcSharesMemoryAndQueues() throws Exception {
		try (TestContainer peer = start()) {
			NamespaceSpec joined = new NamespaceSpec(new Source.Own(), new Source.OfContainer(Specs.ID),
					new Source.Own(), new Source.Own(), new Source.Own(), false);
			assertThat(peer.run("echo shared > /dev/shm/x")).isEmpty();
			try (TestContainer container = TestContainer.start(this.roots,
					new Specs().namespaces(joined).layers(List.of(this.layer)).build(), null,
					OptionalInt.of(peer.pid()))) {
				assertThat(container.run("cat /dev/shm/x")).isEqualTo("shared");
				assertThat(container.mounts().at("/dev/mqueue").orElseThrow().device())
					.isEqualTo(peer.mounts().at("/dev/mqueue").orElseThrow().device());
			}
		}
	}

	@Test
	void hostIpcSharesTheHostsMemory() throws Exception {
		NamespaceSpec host = new NamespaceSpec(new Source.Own(), new Source.Host(), new Source.Own(), new Source.Own(),
				new Source.Own(), false);
		try (TestContainer container = TestContainer.start(this.roots,
				new Specs().namespaces(host).layers(List.of(this.layer)).build())) {
			Entry own = MountTable.own().at("/dev/shm").orElseThrow();
			assertThat(container.mounts().at("/dev/shm").orElseThrow().device()).isEqualTo(own.device());
			assertThat(container.mounts().at("/dev/mqueue").orElseThrow().type()).isEqualTo("mqueue");
		}
	}

	private TestContainer start(MountSpec... mounts) throws IOException {
		return TestContainer.start(this.roots, new Specs().layers(List.of(this.layer)).mounts(mounts).build());
	}

	private static void mount(String... arguments) throws Exception {
		String[] command = new String[arguments.length + 1];
		command[0] = "mount";
		System.arraycopy(arguments, 0, command, 1, arguments.length);
		command(command);
	}

	private static void command(String... command) throws Exception {
		assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).as(String.join(" ", command)).isZero();
	}

}
