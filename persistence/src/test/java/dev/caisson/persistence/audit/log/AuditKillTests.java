package dev.caisson.persistence.audit.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import dev.caisson.persistence.TestDatabase;
import dev.caisson.persistence.audit.Actor;
import dev.caisson.persistence.audit.AuditEntry;
import dev.caisson.persistence.audit.AuditEntry.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class AuditKillTests {

	private static final int KILLS = 8;

	@TempDir
	private Path directory;

	@Test
	@Timeout(value = 5, unit = TimeUnit.MINUTES)
	void acknowledgedRecordsSurviveKillWithoutAGap() throws Exception {
		long acknowledged = -1;
		for (int round = 0; round < KILLS; round++) {
			acknowledged = Math.max(acknowledged, killAfter(1 + round * 211, Integer.toString(round)));
		}
		try (HikariDataSource source = TestDatabase.H2.open(this.directory);
				AuditLog log = AuditLog.open(source, AuditSettings.below(this.directory.resolve("audit")))) {
			assertThat(log.size()).isGreaterThan(acknowledged);
			assertThat(log.verify().records()).isEqualTo(log.size());
		}
	}

	private long killAfter(int records, String name) throws Exception {
		Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
				AuditProcess.class.getName(), this.directory.toString(), name)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		long last = -1;
		try (BufferedReader answers = process.inputReader()) {
			for (int i = 0; i < records; i++) {
				last = number(answers);
			}
			// not the process itself, which would close its output
			process.toHandle().destroyForcibly();
			for (String line = answers.readLine(); line != null && line.matches("\\d+"); line = answers.readLine()) {
				last = Long.parseLong(line);
			}
		}
		finally {
			process.destroyForcibly().waitFor();
		}
		return last;
	}

	private static long number(BufferedReader answers) throws IOException {
		String line = answers.readLine();
		while (!line.matches("\\d+")) {
			// a warning of a library
			line = answers.readLine();
		}
		return Long.parseLong(line);
	}

	@Test
	void fullDiskRefusesAndLosesNothing() throws Exception {
		Path audit = Files.createDirectories(this.directory.resolve("audit"));
		assumeTrue("root".equals(System.getProperty("user.name")), "needs root, to mount a small file system");
		run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", audit.toString());
		try (HikariDataSource source = TestDatabase.H2.open(this.directory);
				AuditLog log = AuditLog.open(source, AuditSettings.below(audit))) {
			Path filler = audit.resolve("filler");
			Files.write(filler, new byte[32 * 1024]);
			long added = fill(log);
			assertThat(log.size()).isEqualTo(added);
			Files.delete(filler);
			assertThat(log.append(entry("x")).sequence()).isEqualTo(added);
			assertThat(log.verify().records()).isEqualTo(added + 1);
		}
		finally {
			run("umount", audit.toString());
		}
	}

	private static long fill(AuditLog log) {
		long[] added = { 0 };
		assertThatExceptionOfType(AuditUnavailableException.class).isThrownBy(() -> {
			while (true) {
				log.append(entry("y".repeat(1000)));
				added[0]++;
			}
		}).withMessageContaining("the audit log cannot be written, so nothing was done");
		return added[0];
	}

	private static AuditEntry entry(String text) {
		return new AuditEntry(Kind.EVENT, "", Actor.SERVICE, "", "added", "", "", Map.of("text", text));
	}

	private static void run(String... command) throws Exception {
		assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
	}

}
