package dev.caisson.persistence;

import java.nio.file.Path;
import java.time.Instant;

import dev.caisson.persistence.container.ContainerRecord;
import dev.caisson.persistence.container.ContainerRecords;
import dev.caisson.persistence.container.ContainerRecords.NameTakenException;
import dev.caisson.persistence.container.RecordedState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ParameterizedClass
@EnumSource(TestDatabase.class)
class DatabaseTests {

	private static final Instant CREATED = Instant.parse("2026-03-04T05:06:07.123456789Z");

	@Parameter
	TestDatabase database;

	@TempDir
	private Path dataRoot;

	@Test
	void recordIsTheSameAfterTheDatabaseWasClosedAndOpened() {
		ContainerRecord record = record("a", "one").build();
		RecordedState ended = new RecordedState("EXITED", 0, 137, true, "", CREATED, CREATED.plusNanos(1));
		try (ConfigurableApplicationContext context = open()) {
			ContainerRecords records = context.getBean(ContainerRecords.class);
			records.add(record);
			assertThat(records.find(record.id())).contains(record);
			assertThat(records.noteState(record.id(), ended, 3, true)).isTrue();
			assertThat(records.rename(record.id(), "two")).isTrue();
		}
		try (ConfigurableApplicationContext context = open()) {
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
	void nameBelongsToOneContainer() {
		try (ConfigurableApplicationContext context = open()) {
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
		try (ConfigurableApplicationContext context = open()) {
			ContainerRecords records = context.getBean(ContainerRecords.class);
			records.add(record);
			assertThat(records.find(record.id())).contains(record);
		}
	}

	@Test
	void schemaOfANewerVersionIsRefused() {
		try (ConfigurableApplicationContext context = open()) {
			context.getBean(JdbcTemplate.class).update("""
					insert into "flyway_schema_history" ("installed_rank", "version", "description", "type", "script",
						"checksum", "installed_by", "execution_time", "success")
					values (9999, '9999', 'from the future', 'SQL', 'V9999__future.sql', 1, 'sa', 1, true)""");
		}
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> open().close())
			.satisfies((ex) -> assertThat(causes(ex))
				.anySatisfy((cause) -> assertThat(cause).isInstanceOf(DatabaseUnusableException.class)
					.hasMessageContaining("9999")));
	}

	private ConfigurableApplicationContext open() {
		return DatabaseProcess.open(this.dataRoot, this.database);
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
