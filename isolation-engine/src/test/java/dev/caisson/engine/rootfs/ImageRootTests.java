package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ImageRootTests {

	@TempDir
	Path directory;

	private Path root;

	private Path outside;

	@BeforeEach
	void makeDirectories() throws IOException {
		this.root = Files.createDirectories(this.directory.resolve("a/b/root"));
		this.outside = Files.createDirectories(this.directory.resolve("outside"));
	}

	@Test
	void ensureMakesWhatIsMissing() {
		assertThat(ensure("/data/deep/er", true)).isEqualTo(0755);
		assertThat(this.root.resolve("data/deep/er")).isDirectory();
		ensure("/data/deep/file", false);
		assertThat(this.root.resolve("data/deep/file")).isEmptyFile();
	}

	@Test
	void ensureLeavesWhatIsThere() throws IOException {
		Files.writeString(this.root.resolve("file"), "content");
		ensure("/file", false);
		assertThat(this.root.resolve("file")).hasContent("content");
	}

	@Test
	void ensureFollowsLinksToNothingInsideTheRoot() throws IOException {
		Files.createDirectories(this.root.resolve("etc"));
		Files.createSymbolicLink(this.root.resolve("etc/resolv.conf"), Path.of("../run/resolve/stub.conf"));
		ensure("/etc/resolv.conf", false);
		assertThat(this.root.resolve("run/resolve/stub.conf")).isEmptyFile();
		assertThat(this.root.resolve("etc/resolv.conf")).isSymbolicLink();
	}

	@Test
	void ensureNeverLeavesTheRoot() throws IOException {
		Files.createSymbolicLink(this.root.resolve("absolute"), this.outside);
		Files.createSymbolicLink(this.root.resolve("dots"), Path.of("../../../../../../../../.." + this.outside));
		Files.createSymbolicLink(this.root.resolve("chain"), Path.of("dots/../../../../absolute/x"));
		ensure("/absolute/made", true);
		ensure("/dots/made", true);
		ensure("/chain/made", true);
		ensure("/../../../../../../made", true);
		assertThat(this.outside).isEmptyDirectory();
		assertThat(this.root.resolve("made")).isDirectory();
		assertThat(Path.of(this.root + this.outside.toString()).resolve("made")).isDirectory();
	}

	@Test
	void ensureEndsOnLinksInACircle() throws IOException {
		Files.createSymbolicLink(this.root.resolve("one"), Path.of("two"));
		Files.createSymbolicLink(this.root.resolve("two"), Path.of("/one"));
		assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> ensure("/one/x", true))
			.withMessageContaining("ELOOP");
	}

	@Test
	void ensureEndsOnLinksThatGrow() throws IOException {
		Files.createSymbolicLink(this.root.resolve("grow"), Path.of("grow/grow/grow/grow"));
		assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> ensure("/grow/x", true))
			.withMessageContaining("ELOOP");
	}

	@Test
	void ensureBelowAFileIsRefused() throws IOException {
		Files.writeString(this.root.resolve("file"), "");
		assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> ensure("/file/x", true))
			.withMessageContaining("ENOTDIR");
	}

	@Test
	void linksAreTold() throws IOException {
		Files.createSymbolicLink(this.root.resolve("proc"), Path.of("/sys"));
		try (Fd fd = open()) {
			assertThat(new ImageRoot(fd).isLink("/proc")).isTrue();
			assertThat(new ImageRoot(fd).isLink("/sys")).isFalse();
		}
		assertThat(Files.isDirectory(this.root.resolve("sys"), LinkOption.NOFOLLOW_LINKS)).isFalse();
	}

	private int ensure(String path, boolean isDirectory) {
		try (Fd fd = open()) {
			return new ImageRoot(fd).ensure(path, isDirectory);
		}
	}

	private Fd open() {
		return Fd.open(this.root, Fd.O_PATH | Fd.O_DIRECTORY);
	}

}
