package dev.caisson.engine.selinux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec.Relabel;
import dev.caisson.engine.testing.KernelTest;
import dev.caisson.engine.testing.LaunchedProcess;
import dev.caisson.engine.testing.ProbeProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Without SELinux the kernel stores the attribute, and nobody looks at it. */
@KernelTest
class VolumeLabelsTests {

	private static final SelinuxLabel LABEL = new SelinuxLabel("u:r:p_t:s0:c1,c2", "u:r:f_t:s0:c1,c2", "u:r:f_t:s0");

	@TempDir
	Path directory;

	@Test
	void relabelReachesEverythingBelowButNothingBehindLinks() throws Exception {
		Path volume = Files.createDirectories(this.directory.resolve("volume"));
		Path deep = Files.createDirectories(volume.resolve("a/b"));
		Path file = Files.writeString(deep.resolve("file"), "x");
		Path outside = Files.createDirectories(this.directory.resolve("outside"));
		Path secret = Files.writeString(outside.resolve("secret"), "x");
		Files.createSymbolicLink(volume.resolve("link"), outside);
		Files.createSymbolicLink(deep.resolve("link"), secret);
		VolumeLabels.relabel(volume, Relabel.PRIVATE, LABEL);
		for (Path path : List.of(volume, volume.resolve("a"), deep, file, volume.resolve("link"))) {
			assertThat(label(path)).describedAs(path.toString()).contains(LABEL.file());
		}
		assertThat(label(outside)).isEmpty();
		assertThat(label(secret)).isEmpty();
	}

	@Test
	void namesMayBeAnyBytes() throws Exception {
		ProbeProgram.run(List.of("sh", "-c", "mkdir \"$(printf '%s/d\\377' " + this.directory + ")\" && "
				+ "touch \"$(printf '%s/d\\377/\\304\\200' " + this.directory + ")\""));
		VolumeLabels.relabel(this.directory, Relabel.SHARED, LABEL);
		ProbeProgram
			.run(List.of("sh", "-c", "cd " + this.directory + " && mv d* directory && mv directory/* directory/file"));
		assertThat(label(this.directory.resolve("directory"))).contains(LABEL.sharedFile());
		assertThat(label(this.directory.resolve("directory/file"))).contains(LABEL.sharedFile());
	}

	@Test
	void singleFileIsRelabelled() throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "x");
		VolumeLabels.relabel(file, Relabel.SHARED, LABEL);
		assertThat(label(file)).contains(LABEL.sharedFile());
	}

	@Test
	void nothingIsDoneUnlessAskedFor() throws IOException {
		VolumeLabels.relabel(this.directory, Relabel.NONE, LABEL);
		assertThat(label(this.directory)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/usr", "/usr/", "/etc", "/home", "/usr/../var", "/var/lib" })
	void directoriesOfTheHostAreRefused(String path) {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> VolumeLabels.relabel(Path.of(path), Relabel.SHARED, LABEL))
			.withMessageMatching("SELinux relabeling of /[a-z/]* is not allowed");
	}

	@Test
	void directoryOfTheHostBehindALinkIsRefused() throws IOException {
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), Path.of("/usr"));
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> VolumeLabels.relabel(link, Relabel.PRIVATE, LABEL));
		Files.delete(link);
	}

	@Test
	void sessionKeyringIsTheContainersOwn() throws Exception {
		try (LaunchedProcess process = new LaunchedProcess(this.directory,
				(child) -> Selinux.planSession(child, "0123456789ab", Optional.empty()), "/bin/cat", "/proc/keys")) {
			assertThat(process.outputAtEnd()).anyMatch((line) -> line.contains("_ses.0123456789ab"));
		}
	}

	private static Optional<String> label(Path path) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment value = arena.allocate(256);
			long size = Linux.attempt(SystemCall.LGETXATTR, Linux.text(arena, path.toString()).address(),
					Linux.text(arena, "security.selinux").address(), value.address(), value.byteSize());
			if (size == -Errno.ENODATA.number()) {
				return Optional.empty();
			}
			assertThat(value.get(ValueLayout.JAVA_BYTE, size - 1)).isZero();
			return Optional.of(value.getString(0));
		}
	}

}
