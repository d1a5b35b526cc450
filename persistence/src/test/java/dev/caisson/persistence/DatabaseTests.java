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
import dev.caisson.persistence.container.ContainerRecords.NameTakenException;
import dev.caisson.persistence.container.RecordedState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DatabaseTests {

	private static final Instant CREATED = Instant.parse("2026-03-04T05:06:07.123456789Z");

	@TempDir
	private Path dataRoot;

	@Test
	void recordIsTheSameAfterTheDatabaseWasClosedAndOpened() {
		ContainerRecord record = record("a", "one").build();
		RecordedState ended = new RecordedState("EXITED", 0, 137, true, "", CREATED, CREATED.plusNanos(1));
		try (ConfigurableApplicationContext context = DatabaseProcess.open(this.dataRoot)) {
			ContainerRecords records = context.getBean(ContainerRecords.class);
			records.add(record);
			assertThat(records.find(record.id())).contains(record);
			assertThat(records.noteState(record.id(), ended, 3, true)).isTrue();
			assertThat(records.rename(record.id(), "two")).isTrue();
		}
		try (ConfigurableApplicationContext context = DatabaseProcess.open(this.dataRoot)) {
			ContainerRecords records = context.getBean(ContainerRecords.class);
			assertThat(records.all()).containsExactly(new ContainerRecord(record.id(), "two", CREATED, record.image(),
					record.imageId(), record.definition(), ended, 3, true));
			records.remove(record.id());
			records.remove(record.id());
			assertThat(records.all()).isEmpty();
			assertThat(records.noteState(record.id(), ended, 3, true)).isFalse();
		}
	}

	@Test
	void nobodyButTheOwnerReachesTheFile() throws IOException {
		try (ConfigurableApplicationContext _ = DatabaseProcess.open(this.dataRoot)) {
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(this.dataRoot.resolve("db"))))
				.isEqualTo("rwx------");
		}
	}

	@Test
	void nameBelongsToOneContainer() {
		try (ConfigurableApplicationContext context = DatabaseProcess.open(this.dataRoot)) {
			ContainerRecords records = context.getBean(ContainerRecords.class);
			records.add(record("a", "one").build());
			assertThatExceptionOfType(NameTakenException.class)
				.isThrownBy(() -> records.add(record("b", "one").build()))
				.satisfies((ex) -> assertThat(ex.name()).isEqualTo("one"));
			records.add(record("b", "two").build());
			assertThatExceptionOfType(NameTakenException.class)
				.isThrownBy(() -> records.rename(record("b", "").id(), "one"));
			assertThat(records.all()).extracting(ContainerRecord::name).containsExactlyInAnyOrder("one", "two");
		}
	}

	@Test
	void definitionOfTheGreatestLengthIsKept() {
		ContainerRecord record = record("a", "one").definition("\u00e4".repeat(ContainerRecord.LONGEST_DEFINITION));
		try (ConfigurableApplicationContext context = DatabaseProcess.open(this.dataRoot)) {
			ContainerRecords records = context.getBean(ContainerRecords.class);
			records.add(record);
			assertThat(records.find(record.id())).contains(record);
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
				context.getBean(ContainerRecords.class).add(record("a" + i, "name" + i).definition("x".repeat(10_000)));
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

	@Test
	void schemaOfANewerVersionIsRefused() {
		try (ConfigurableApplicationContext context = DatabaseProcess.open(this.dataRoot)) {
			context.getBean(JdbcTemplate.class).update("""
					insert into "flyway_schema_history" ("installed_rank", "version", "description", "type", "script",
						"checksum", "installed_by", "execution_time", "success")
					values (99, '99', 'from the future', 'SQL', 'V99__future.sql', 1, 'sa', 1, true)""");
		}
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> DatabaseProcess.open(this.dataRoot).close())
			.satisfies((ex) -> assertThat(causes(ex))
				.anySatisfy((cause) -> assertThat(cause).isInstanceOf(DatabaseUnusableException.class)
					.hasMessageContaining("99")));
	}

	private static java.util.List<Throwable> causes(Throwable error) {
		return java.util.stream.Stream.iterate(error, java.util.Objects::nonNull, Throwable::getCause).toList();
	}

	private static Draft record(String id, String name) {
		return new Draft(id, name);
	}

	/** A record in the making. */
	private record Draft(String seed, String name) {

		String id() {
			return "%64s".formatted(Integer.toHexString(this.seed.hashCode())).replace(' ', '0');
		}

		ContainerRecord build() {
			return definition("{\"Config\":{}}");
		}

		ContainerRecord definition(String definition) {
			return new ContainerRecord(id(), this.name, CREATED, "busybox:latest", "sha256:0", definition,
					new RecordedState("CREATED", 0, 0, false, "", null, null), 0, false);
		}

	}

}
