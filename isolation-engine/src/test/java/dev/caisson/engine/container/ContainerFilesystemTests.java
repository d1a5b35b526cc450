package dev.caisson.engine.container;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.caisson.engine.spec.ContainerId;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.tar.InvalidTarException;
import dev.caisson.engine.tar.TarEntry;
import dev.caisson.engine.tar.TarReader;
import dev.caisson.engine.tar.TarWriter;
import dev.caisson.engine.testing.BusyboxRoot;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.TestRoots;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/** Files go into containers and out of them, and nowhere else. */
@KernelTest
@Timeout(120)
class ContainerFilesystemTests {

	private static final LogQuery LOG = new LogQuery(true, true, null, null, -1, false);

	@RegisterExtension
	final TestRoots roots = new TestRoots();

	private Containers containers;

	private Path layer;

	private Path volume;

	private Path secret;

	@BeforeEach
	void open() throws IOException {
		this.layer = BusyboxRoot.directory(this.roots.data().resolve("layer"));
		this.volume = this.roots.directory("volume");
		this.secret = Files.writeString(this.roots.directory("host").resolve("secret"), "of the host");
		this.containers = Containers.open(this.roots.cgroup(), this.roots.data(), this.roots.run());
	}

	@AfterEach
	void close() {
		for (Container container : this.containers.all()) {
			container.stop(9, Duration.ZERO);
			container.remove();
		}
		this.containers.close();
	}

	private Container create() {
		return this.containers.create(ContainerId.random(), LogSettings.DEFAULT);
	}

	private SpecBuilder spec(Container container) {
		return new SpecBuilder(container.id(), this.layer).mount(new MountSpec.Bind(this.volume, "/volume", false, true,
				MountSpec.Propagation.RPRIVATE, false, MountSpec.Relabel.NONE));
	}

	private Container started(String script) {
		Container container = create();
		container.start(spec(container).shell(script + "; echo ready; sleep 1000").build());
		awaitReady(container);
		return container;
	}

	private static void awaitReady(Container container) {
		List<String> lines = new ArrayList<>();
		long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		while (lines.isEmpty() && System.nanoTime() < deadline) {
			Thread.onSpinWait();
			container.readLog(LOG, (line) -> lines.add("line"));
		}
		assertThat(lines).isNotEmpty();
	}

	private Map<String, String> read(Container container, String path) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		container.files().read(spec(container).build(), path, (status) -> {
		}, out);
		Map<String, String> found = new TreeMap<>();
		TarReader tar = new TarReader(new ByteArrayInputStream(out.toByteArray()), 1 << 20);
		for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
			ByteArrayOutputStream content = new ByteArrayOutputStream();
			tar.transfer(content::write, tar.remaining());
			found.put(entry.name(), entry.linkName() + content.toString(StandardCharsets.UTF_8));
		}
		return found;
	}

	private void write(Container container, String path, TarEntry... entries) throws IOException {
		write(container, spec(container).build(), path, false, "", entries);
	}

	private void write(Container container, ContainerSpec spec, String path, boolean keepKinds, String user,
			TarEntry... entries) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (TarWriter tar = new TarWriter(out)) {
			for (TarEntry entry : entries) {
				tar.put(entry);
				tar.write("x".repeat((int) entry.stored()).getBytes(StandardCharsets.US_ASCII), (int) entry.stored());
				tar.endFile();
			}
		}
		container.files().write(spec, path, new ByteArrayInputStream(out.toByteArray()), keepKinds, user);
	}

	private static TarEntry entry(TarEntry.Kind kind, String name, String link, int size) {
		return new TarEntry(kind, name, link, 0640, 7, 8, size, size, 1_000_000, 5, 1, 3, Map.of(), null);
	}

	private static TarEntry file(String name) {
		return entry(TarEntry.Kind.FILE, name, "", 4);
	}

	private String run(Container container, String script) throws Exception {
		container.start(spec(container).shell(script).build());
		assertThat(container.exit().get(30, TimeUnit.SECONDS).exitCode()).isZero();
		StringBuilder out = new StringBuilder();
		container.readLog(LOG, (line) -> out.append(new String(line.text(), StandardCharsets.UTF_8)));
		return out.toString();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void filesComeOutOfARunningAndAStoppedContainerAlike(boolean running) throws Exception {
		String script = "mkdir -p /a/b; echo one > /a/b/1; ln -s /a/b/1 /a/l; ln -s /a /link; echo v > /volume/v; ls /tmp";
		Container container = create();
		if (running) {
			container.start(spec(container).shell(script + "; echo ready; sleep 1000").build());
			awaitReady(container);
		}
		else {
			run(container, script);
		}
		assertThat(read(container, "/a")).isEqualTo(Map.of("a/", "", "a/b/", "", "a/b/1", "one\n", "a/l", "/a/b/1"));
		assertThat(read(container, "a/b/1")).isEqualTo(Map.of("1", "one\n"));
		assertThat(read(container, "/link")).isEqualTo(Map.of("link", "/a"));
		assertThat(read(container, "/link/b/")).isEqualTo(Map.of("b/", "", "b/1", "one\n"));
		assertThat(read(container, "/a/b/.")).isEqualTo(Map.of("./", "", "./1", "one\n"));
		assertThat(read(container, "/volume")).isEqualTo(Map.of("volume/", "", "volume/v", "v\n"));
		PathStatus link = container.files().status(spec(container).build(), "/a/l");
		assertThat(link.linkTarget()).isEqualTo("/a/b/1");
		assertThat(link.name()).isEqualTo("l");
		assertThat(container.files().status(spec(container).build(), "/").name()).isEqualTo("/");
		assertThatExceptionOfType(FileRefusedException.class).isThrownBy(() -> read(container, "/none"))
			.extracting(FileRefusedException::reason)
			.isEqualTo(FileRefusedException.Reason.NOT_FOUND);
	}

	@Test
	void filesGoIntoAContainerThatNeverRan() throws Exception {
		Container container = create();
		write(container, "/etc", entry(TarEntry.Kind.DIRECTORY, "new/", "", 0), file("new/f"), file("deep/down/f"),
				entry(TarEntry.Kind.HARD_LINK, "new/same", "new/f", 0));
		write(container, "/volume", file("in-volume"));
		assertThat(this.volume.resolve("in-volume")).hasContent("xxxx");
		assertThat(run(container,
				"cat /etc/new/f; stat -c ' %a %u %g %Y' /etc/new/f; stat -c %u /etc/deep;"
						+ " [ /etc/new/f -ef /etc/new/same ] && echo same; [ -e /etc/passwd ] && echo kept"))
			.isEqualTo("xxxx 640 7 8 1000000\n0\nsame\nkept\n");
	}

	@Test
	void filesGoIntoARunningContainerAndItsVolumes() throws Exception {
		Container container = started("ln -s /volume /v; mkdir /d");
		write(container, "/v/", file("f"));
		write(container, "/d", file("f"));
		assertThat(this.volume.resolve("f")).hasContent("xxxx");
		assertThat(read(container, "/d/f")).isEqualTo(Map.of("f", "xxxx"));
	}

	@Test
	void ownerMayBeTheContainersUser() throws Exception {
		Container container = create();
		write(container, spec(container).build(), "/tmp", false, "app", file("f"));
		assertThat(run(container, "stat -c '%u %g' /tmp/f")).isEqualTo("1000 1000\n");
	}

	@Test
	void kindsAreKeptIfAskedFor() throws Exception {
		Container container = create();
		write(container, "/tmp", entry(TarEntry.Kind.DIRECTORY, "d", "", 0), file("f"));
		assertThatExceptionOfType(InvalidTarException.class)
			.isThrownBy(() -> write(container, spec(container).build(), "/tmp", true, "", file("d")))
			.withMessageContaining("cannot overwrite directory \"d\" with non-directory");
		assertThatExceptionOfType(InvalidTarException.class)
			.isThrownBy(() -> write(container, spec(container).build(), "/tmp", true, "",
					entry(TarEntry.Kind.DIRECTORY, "f", "", 0)))
			.withMessageContaining("cannot overwrite non-directory \"f\" with directory");
		write(container, "/tmp", file("d"));
		assertThat(read(container, "/tmp/d")).isEqualTo(Map.of("d", "xxxx"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void noPathLeadsToTheHost(boolean running) throws Exception {
		String host = this.secret.getParent().toString();
		String script = "ln -s " + host + " /out; ln -s ../../../../../.." + host + " /up; ln -s /proc/1/root /root/r";
		Container container = create();
		if (running) {
			container.start(spec(container).shell(script + "; echo ready; sleep 1000").build());
			awaitReady(container);
		}
		else {
			run(container, script + "; echo ready");
		}
		for (String path : List.of("/out/secret", "/up/secret", "/../../../.." + this.secret, "/root/r" + this.secret,
				"/proc/1/root" + this.secret)) {
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> read(container, path));
		}
		for (String path : List.of("/out", "/up/", "/root/r" + host)) {
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> write(container, path, file("pwned")));
		}
		write(container, "/", entry(TarEntry.Kind.SYMBOLIC_LINK, "evil", host, 0));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> write(container, "/", file("evil/pwned")));
		assertThatExceptionOfType(InvalidTarException.class)
			.isThrownBy(() -> write(container, "/tmp", file("../../pwned")));
		write(container, "/tmp", file("/absolute"));
		assertThat(read(container, "/tmp/absolute")).isEqualTo(Map.of("absolute", "xxxx"));
		assertThat(this.secret.getParent()).isDirectoryNotContaining((file) -> !file.equals(this.secret));
		assertThat(this.secret).hasContent("of the host");
	}

	@Test
	void containerThatSwapsDirectoriesForLinksGetsNothingFromTheHost() throws Exception {
		String host = this.secret.getParent().toString();
		Container container = started("mkdir -p /real" + host
				+ " /real/x; (while true; do mkdir /swap; rmdir /swap; ln -s " + host + " /swap; rm /swap; done) &");
		TarEntry[] entries = new TarEntry[200];
		for (int i = 0; i < entries.length; i++) {
			entries[i] = (i % 2 == 0) ? entry(TarEntry.Kind.DIRECTORY, "swap", "", 0) : file("swap/f" + i);
		}
		for (int round = 0; round < 20; round++) {
			try {
				write(container, "/", entries);
			}
			catch (RuntimeException refused) {
				assertThat(refused.getMessage()).isNotEmpty();
			}
			try {
				assertThat(read(container, "/swap").values()).doesNotContain("of the host");
			}
			catch (RuntimeException refused) {
				assertThat(refused.getMessage()).isNotEmpty();
			}
		}
		assertThat(this.secret.getParent()).isDirectoryNotContaining((file) -> !file.equals(this.secret));
		assertThat(Files.getPosixFilePermissions(this.secret.getParent())).hasSizeGreaterThan(4);
	}

	@Test
	void kernelsFilesAreNeitherReadNorWritten() throws Exception {
		Container container = started("true");
		assertThatExceptionOfType(FileRefusedException.class).isThrownBy(() -> read(container, "/proc/version"))
			.extracting(FileRefusedException::reason)
			.isEqualTo(FileRefusedException.Reason.KERNEL_FILES);
		assertThatExceptionOfType(FileRefusedException.class)
			.isThrownBy(() -> write(container, "/sys/kernel", file("x")));
		assertThat(read(container, "/proc").keySet()).containsExactly("proc/");
	}

	@Test
	void deviceGoesIntoTheRootButNotIntoAVolume() throws Exception {
		Container container = create();
		TarEntry device = entry(TarEntry.Kind.CHARACTER_DEVICE, "null", "", 0);
		write(container, "/tmp", device);
		assertThatExceptionOfType(InvalidTarException.class).isThrownBy(() -> write(container, "/volume", device));
		assertThat(this.volume).isEmptyDirectory();
	}

	@Test
	void readOnlyRootAndVolumeAreRefused() throws Exception {
		Container container = create();
		ContainerSpec spec = spec(container).readOnly()
			.mount(new MountSpec.Bind(this.volume, "/ro", true, true, MountSpec.Propagation.RPRIVATE, false,
					MountSpec.Relabel.NONE))
			.shell("echo ready; sleep 1000")
			.build();
		container.start(spec);
		awaitReady(container);
		assertThatExceptionOfType(FileRefusedException.class)
			.isThrownBy(() -> write(container, spec, "/tmp", false, "", file("f")))
			.extracting(FileRefusedException::reason)
			.isEqualTo(FileRefusedException.Reason.ROOT_READ_ONLY);
		assertThatExceptionOfType(FileRefusedException.class)
			.isThrownBy(() -> write(container, spec, "/ro", false, "", file("f")))
			.extracting(FileRefusedException::reason)
			.isEqualTo(FileRefusedException.Reason.VOLUME_READ_ONLY);
		write(container, spec, "/volume", false, "", file("f"));
		assertThat(this.volume.resolve("f")).exists();
	}

	@Test
	void changesAreWhatDiffersFromTheImage() throws Exception {
		Container container = create();
		assertThat(container.files().changes(List.of(this.layer))).isEmpty();
		run(container, "echo > /etc/new; echo >> /etc/passwd; rm /etc/group; rm -r /home; mkdir /home; chmod 700 /var;"
				+ " rm -f /usr/none; mkdir /tmp/d");
		assertThat(container.files().changes(List.of(this.layer))).extracting(FileChange::kind, FileChange::path)
			.containsExactly(tuple(FileChange.Kind.MODIFIED, "/etc"), tuple(FileChange.Kind.DELETED, "/etc/group"),
					tuple(FileChange.Kind.ADDED, "/etc/new"), tuple(FileChange.Kind.MODIFIED, "/etc/passwd"),
					tuple(FileChange.Kind.MODIFIED, "/home"), tuple(FileChange.Kind.MODIFIED, "/tmp"),
					tuple(FileChange.Kind.ADDED, "/tmp/d"), tuple(FileChange.Kind.MODIFIED, "/var"),
					tuple(FileChange.Kind.ADDED, "/volume"));
	}

	@Test
	void allFilesAreWrittenWithoutThoseInVolumes() throws Exception {
		Container container = create();
		run(container, "echo v > /volume/v; echo x > /x");
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		container.files().writeAll(List.of(this.layer), out);
		List<String> names = new ArrayList<>();
		TarReader tar = new TarReader(new ByteArrayInputStream(out.toByteArray()), 1 << 20);
		for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
			names.add(entry.name());
		}
		assertThat(names).contains("x", "bin/busybox", "volume/", "etc/hosts").doesNotContain("volume/v");
	}

	@Test
	void containerDoesNotStartWhileFilesGoIn() throws Exception {
		Container container = create();
		List<String> order = new CopyOnWriteArrayList<>();
		container.whileStopped(() -> {
			Thread.ofVirtual().start(() -> {
				container.start(spec(container).build());
				order.add("started");
			});
			try {
				write(container, "/tmp", file("f"));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			order.add("written");
		});
		container.nextExit().get(30, TimeUnit.SECONDS);
		assertThat(order).startsWith("written");
	}

}
