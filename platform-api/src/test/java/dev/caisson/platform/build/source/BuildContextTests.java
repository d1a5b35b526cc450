package dev.caisson.platform.build.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

import dev.caisson.engine.tar.TarEntry.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BuildContextTests {

	@TempDir
	private Path directory;

	@Test
	void readsFilesOfPackedArchivesAndLeavesNoName() throws Exception {
		byte[] plain = new Archive().file("./d/a", "hello").hardLink("b", "d/a").link("c", "d/a").bytes();
		ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (OutputStream gzip = new GZIPOutputStream(packed)) {
			gzip.write(plain);
		}
		for (byte[] archive : new byte[][] { plain, packed.toByteArray() }) {
			try (BuildContext context = BuildContext.read(new ByteArrayInputStream(archive), this.directory,
					ContextLimits.DEFAULT)) {
				assertThat(context.text("d/a")).contains("hello");
				assertThat(context.text("b")).contains("hello");
				assertThat(context.text("c")).contains("hello");
				assertThat(context.text("nope")).isEmpty();
				assertThat(context.root().names()).containsExactly("b", "c", "d");
				assertThat(this.directory).isEmptyDirectory();
			}
		}
	}

	@Test
	void linksLeadNowhereElse() throws Exception {
		Archive archive = new Archive().link("up", "../../../etc/passwd")
			.link("absolute", "/etc/passwd")
			.link("loop", "loop")
			.link("down", "/d/f")
			.file("d/f", "mine");
		try (BuildContext context = archive.context(this.directory)) {
			assertThat(Found.at(context.root(), "up").file()).isNull();
			assertThat(Found.at(context.root(), "absolute").file()).isNull();
			assertThat(Found.at(context.root(), "../../d/f").file()).isNotNull();
			assertThat(context.text("down")).contains("mine");
			assertThatThrownBy(() -> Found.at(context.root(), "loop/x")).isInstanceOf(CopyException.class)
				.hasMessageContaining("too many levels of symbolic links");
		}
	}

	@Test
	void refusesPathsThatLeadOut() {
		assertRefused(new Archive().file("../x", ""), "../x leads out of the context");
		assertRefused(new Archive().file("a/../../x", ""), "leads out of the context");
		assertRefused(new Archive().link("l", "/tmp").file("l/x", ""), "is below something that is no directory");
		assertRefused(new Archive().hardLink("h", "/etc/passwd"), "which is no file of it");
		assertRefused(new Archive().hardLink("h", "../x"), "which is no file of it");
	}

	@Test
	void refusesWhatGoesBeyondALimit() {
		ContextLimits limits = new ContextLimits(3, 10, 2, 20);
		assertRefused(new Archive().file("a", "1").file("b", "2").file("c", "3").file("d", "4"), limits,
				"more than 3 files; exclude some with a .dockerignore file");
		assertRefused(new Archive().file("a", "12345").file("b", "123456"), limits, "more than 10 bytes");
		assertRefused(new Archive().file("a/b/c", ""), limits, "more than 2 directories deep");
		assertRefused(new Archive().file("a".repeat(21), ""), limits, "more than 20 bytes of names");
	}

	@Test
	void refusesBrokenArchives() throws Exception {
		byte[] whole = new Archive().file("a", "x".repeat(2000)).bytes();
		assertThatThrownBy(() -> read(Arrays.copyOf(whole, 1500))).isInstanceOf(CopyException.class)
			.hasMessageContaining("unexpected end of the archive");
		assertThatThrownBy(() -> read("<html>no archive, but more than a few bytes</html>".repeat(20).getBytes()))
			.isInstanceOf(CopyException.class)
			.hasMessageContaining("build context: ");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void laterEntriesWinAndDirectoriesKeepWhatTheyHave() throws Exception {
		Archive archive = new Archive().file("d/a", "1")
			.directory("d", 0700)
			.file("d/a", "2")
			.file("e", "1")
			.directory("e", 0755);
		try (BuildContext context = archive.context(this.directory)) {
			assertThat(context.text("d/a")).contains("2");
			assertThat(Found.at(context.root(), "d").file().entry().mode()).isEqualTo(0700);
			assertThat(Found.at(context.root(), "e").file().entry().kind()).isEqualTo(Kind.DIRECTORY);
		}
	}

	private BuildContext read(byte[] archive) throws Exception {
		return BuildContext.read(new ByteArrayInputStream(archive), this.directory, ContextLimits.DEFAULT);
	}

	private void assertRefused(Archive archive, String message) {
		assertRefused(archive, ContextLimits.DEFAULT, message);
	}

	private void assertRefused(Archive archive, ContextLimits limits, String message) {
		assertThatThrownBy(() -> archive.context(this.directory, limits)).isInstanceOf(CopyException.class)
			.hasMessageContaining(message);
		assertThat(this.directory).isEmptyDirectory();
	}

}
