package dev.caisson.persistence;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.persistence.container.ContainerRecords;
import dev.caisson.persistence.container.RecordedState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is H2's alone: a file that may be anything. */
class EmbeddedDatabaseTests {

	private static final Instant CREATED = Instant.parse("2026-03-04T05:06:07.123456789Z");

	@TempDir
	private Path dataRoot;

	@Test
	void nobodyButTheOwnerReachesTheFile() throws IOException {
		try (ConfigurableApplicationContext _ = DatabaseProcess.open(this.dataRoot)) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.dataRoot.resolve("db"))))
				.isEqualTo("rwx------");
		}
	}

	@Test
	void damagedFileIsRefusedWithARemedy() throws IOException {
		Path file = Files.createDirectories(this.dataRoot.resolve("db")).resolve("caisson.mv.db");
		Files.writeString(file, "this is no database".repeat(1000), StandardCharsets.UTF_8);
		assertThatExceptionOfType(DatabaseUnusableException.class)
			.isThrownBy(() -> EmbeddedDatabase.below(this.dataRoot).check())
			.satisfies((ex) -> assertThat(ex.remedy()).contains("backup"))
			.withMessageContaining("caisson.mv.db is damaged");
		assertThat(file).content().startsWith("this is no database");
	}

	@Test
	void fileDamagedInTheMiddleIsRefused() throws IOException {
		try (ConfigurableApplicationContext context = DatabaseProcess.open(this.dataRoot)) {
			for (int i = 0; i < 50; i++) {
				context.getBean(ContainerRecords.class).add(record(i));
			}
		}
		try (RandomAccessFile file = new RandomAccessFile(this.dataRoot.resolve("db/caisson.mv.db").toFile(), "rw")) {
			byte[] rubbish = new byte[(int) file.length() - 8192];
			java.util.Arrays.fill(rubbish, (byte) 0x5a);
			file.seek(8192);
			file.write(rubbish);
		}
		assertThatExceptionOfType(DatabaseUnusableException.class)
			.isThrownBy(() -> EmbeddedDatabase.below(this.dataRoot).check())
			.withMessageContaining("caisson.mv.db is damaged");
	}

	@Test
	void fileOfANewerFormatIsRefused() throws IOException {
		Path file = Files.createDirectories(this.dataRoot.resolve("db")).resolve("caisson.mv.db");
		byte[] header = new byte[8192];
		byte[] text = "H:2,block:2,blockSize:1000,chunk:1,created:19a,format:63,version:1,fletcher:0000"
			.getBytes(StandardCharsets.ISO_8859_1);
		System.arraycopy(text, 0, header, 0, text.length);
		Files.write(file, header);
		assertThatExceptionOfType(DatabaseUnusableException.class)
			.isThrownBy(() -> EmbeddedDatabase.below(this.dataRoot).check());
	}

	private static ContainerRecord record(int number) {
		return new ContainerRecord("%064d".formatted(number), "name" + number, CREATED, "busybox:latest", "sha256:0",
				"x".repeat(10_000), new RecordedState("CREATED", 0, 0, false, "", null, null), 0, false);
	}

}
