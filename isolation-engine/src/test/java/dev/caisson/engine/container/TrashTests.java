package dev.caisson.engine.container;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class TrashTests {

	@TempDir
	Path directory;

	@Test
	void takeDeletesTheTreeAndNotWhatItPointsTo() throws Exception {
		Path outside = Files.writeString(this.directory.resolve("outside"), "kept");
		Path tree = Files.createDirectories(this.directory.resolve("tree/a/b"));
		Files.createSymbolicLink(tree.resolve("link"), outside);
		Files.createSymbolicLink(tree.resolve("up"), this.directory);
		Files.writeString(tree.resolve("file"), "x");
		trash().take(this.directory.resolve("tree"));
		trash().take(this.directory.resolve("tree"));
		assertThat(this.directory.resolve("tree")).doesNotExist();
		assertThat(this.directory.resolve("trash")).isEmptyDirectory();
		assertThat(outside).hasContent("kept");
	}

	@Test
	void takeDeletesWhatIsDeeperThanAPathCanBeLong() throws Exception {
		Path tree = Files.createDirectory(this.directory.resolve("tree"));
		String name = "d".repeat(200);
		// 100 levels of 200 characters, built from the inside, as a container could by
		// chdir
		Path inner = Files.createDirectory(this.directory.resolve("inner"));
		for (int level = 0; level < 100; level++) {
			Path outer = Files.createDirectory(this.directory.resolve("outer"));
			Files.move(inner, outer.resolve(name));
			Files.move(outer, inner);
		}
		Files.move(inner, tree.resolve(name));
		trash().take(tree);
		assertThat(Files.exists(tree, LinkOption.NOFOLLOW_LINKS)).isFalse();
		assertThat(this.directory.resolve("trash")).isEmptyDirectory();
	}

	@Test
	void emptyDeletesWhatWasLeft() throws Exception {
		Files.createDirectories(this.directory.resolve("trash/17/a/b/c"));
		Files.writeString(this.directory.resolve("trash/18"), "x");
		trash().empty();
		assertThat(this.directory.resolve("trash")).isEmptyDirectory();
	}

	private Trash trash() {
		return new Trash(this.directory.resolve("trash"), Runnable::run);
	}

}
