package dev.caisson.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RootLockTests {

	@TempDir
	private Path directory;

	@Test
	void takeMakesTheRootAndNotesTheProcess() {
		try (RootLock lock = RootLock.take(this.directory.resolve("a/b"), "data root")) {
			assertThat(lock).isNotNull();
			assertThat(this.directory.resolve("a/b/lock")).hasContent(Long.toString(ProcessHandle.current().pid()));
		}
	}

	@Test
	void takeIsRefusedWhileAnotherHasIt() throws IOException {
		try (RootLock lock = RootLock.take(this.directory, "data root")) {
			assertThat(lock).isNotNull();
			// reading the file must not drop the lock, as it would a POSIX one
			Files.readString(this.directory.resolve("lock"));
			assertThatExceptionOfType(RootRefusedException.class)
				.isThrownBy(() -> RootLock.take(this.directory, "data root"))
				.withMessage("data root " + this.directory + " is in use by another running instance (process "
						+ ProcessHandle.current().pid() + ")");
		}
	}

	@Test
	void takeIsGrantedAfterTheOwnerWasKilled() throws Exception {
		Path file = Files.createFile(this.directory.resolve("lock"));
		Process owner = new ProcessBuilder("flock", file.toString(), "sh", "-c", "echo locked; exec sleep 60").start();
		assertThat(owner.inputReader().readLine()).isEqualTo("locked");
		assertThatExceptionOfType(RootRefusedException.class)
			.isThrownBy(() -> RootLock.take(this.directory, "data root"));
		List<ProcessHandle> holders = owner.descendants().toList();
		owner.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		for (ProcessHandle holder : holders) {
			holder.destroyForcibly();
			holder.onExit().get(10, TimeUnit.SECONDS);
		}
		RootLock.take(this.directory, "data root").close();
	}

	@Test
	void rootThatIsAFileIsRefused() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThatExceptionOfType(RootRefusedException.class).isThrownBy(() -> RootLock.take(file, "run root"))
			.withMessageStartingWith("run root " + file + " cannot be written")
			.satisfies((ex) -> assertThat(ex.root()).isEqualTo(file));
	}

}
