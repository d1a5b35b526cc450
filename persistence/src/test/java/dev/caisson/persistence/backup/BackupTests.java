package dev.caisson.persistence.backup;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import com.zaxxer.hikari.HikariDataSource;
import dev.caisson.persistence.TestDatabase;
import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BackupTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@EnumSource(TestDatabase.class)
	void backupOfABusyDatabaseIsRestoredIntoTheOther(TestDatabase database) throws Exception {
		Path backup = this.directory.resolve("backup.zip");
		long records = backUpWhileBusy(database, backup);
		TestDatabase other = (database == TestDatabase.H2) ? TestDatabase.POSTGRESQL : TestDatabase.H2;
		Path audit = this.directory.resolve("restored/audit");
		try (HikariDataSource target = other.openEmpty(this.directory.resolve("restored"))) {
			Restoration.restore(backup, target, audit);
			try (AuditLog log = AuditLog.open(target, AuditSettings.below(audit))) {
				assertThat(log.size()).isGreaterThanOrEqualTo(records);
				assertThat(log.verify().records()).isEqualTo(log.size());
			}
			assertThat(new JdbcTemplate(target).queryForObject("select attributes from event_record where sequence = 7",
					String.class))
				.isEqualTo("{\"a\":\"\u00e4\\n\"}");
		}
	}

	private long backUpWhileBusy(TestDatabase database, Path backup) throws Exception {
		Path audit = this.directory.resolve("first/audit");
		try (HikariDataSource source = database.open(this.directory.resolve("first"));
				AuditLog log = AuditLog.open(source, AuditSettings.below(audit))) {
			new JdbcTemplate(source).update("""
					insert into event_record (sequence, happened, type, action, actor, attributes)
					values (7, 8, 'container', 'start', 'x', ?)""", "{\"a\":\"\u00e4\\n\"}");
			AtomicBoolean enough = new AtomicBoolean();
			Thread busy = Thread.startVirtualThread(() -> {
				while (!enough.get()) {
					log.append(entry());
				}
			});
			while (log.size() < 1000) {
				Thread.sleep(10);
			}
			try (OutputStream output = Files.newOutputStream(backup)) {
				Backup.write(source, log, audit, output);
			}
			enough.set(true);
			busy.join();
			return 1000;
		}
	}

	@Test
	void whatIsNoBackupOrOfANewerVersionIsRefused() throws Exception {
		Path rubbish = Files.writeString(this.directory.resolve("rubbish"), "not a backup");
		try (HikariDataSource target = TestDatabase.H2.openEmpty(this.directory.resolve("x"))) {
			assertThatExceptionOfType(BackupUnusableException.class)
				.isThrownBy(() -> Restoration.restore(rubbish, target, this.directory.resolve("audit")))
				.withMessageContaining("is not a backup of Caisson");
			Path newer = this.directory.resolve("newer");
			try (var zip = new java.util.zip.ZipOutputStream(Files.newOutputStream(newer))) {
				zip.putNextEntry(new java.util.zip.ZipEntry("manifest"));
				zip.write("{\"format\":\"caisson-backup\",\"schema\":\"9999\",\"version\":1}\n".getBytes());
				zip.closeEntry();
			}
			assertThatExceptionOfType(BackupUnusableException.class)
				.isThrownBy(() -> Restoration.restore(newer, target, this.directory.resolve("audit")))
				.withMessageContaining("9999");
		}
	}

	private static AuditEntry entry() {
		return new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "added", "", "", Map.of("text", "x".repeat(100)));
	}

}
