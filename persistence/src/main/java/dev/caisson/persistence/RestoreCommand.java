package dev.caisson.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;

import com.zaxxer.hikari.HikariDataSource;
import dev.caisson.persistence.audit.bundle.EvidenceCheck;
import dev.caisson.persistence.audit.bundle.EvidenceMisfitException;
import dev.caisson.persistence.audit.log.AuditDamagedException;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.audit.log.AuditSettings;
import dev.caisson.persistence.backup.BackupUnusableException;
import dev.caisson.persistence.backup.Restoration;

import org.springframework.util.FileSystemUtils;

/**
 * {@code ./caisson restore BACKUP --data-root DIR}, while no service runs on it: what was
 * there is moved aside, and back if the backup cannot be restored.
 */
public final class RestoreCommand {

	private RestoreCommand() {
	}

	public static void main(String[] args) {
		try {
			System.out.println("caisson: " + restore(Path.of(args[0]), Path.of(args[1])));
		}
		catch (BackupUnusableException | AuditDamagedException | EvidenceMisfitException | IOException
				| UncheckedIOException | SQLException ex) {
			System.err.println(
					"caisson: " + args[0] + " cannot be restored, nothing was changed\n         " + ex.getMessage());
			System.exit(1);
		}
	}

	static String restore(Path backup, Path dataRoot) throws IOException, SQLException {
		String suffix = ".before-restore-" + Instant.now().getEpochSecond();
		move(dataRoot, "", suffix);
		try {
			return fill(backup, dataRoot) + (Files.exists(dataRoot.resolve("db" + suffix))
					? "; what was there is in db" + suffix + " and audit" + suffix : "");
		}
		catch (IOException | SQLException | RuntimeException ex) {
			for (String name : new String[] { "db", "audit" }) {
				FileSystemUtils.deleteRecursively(dataRoot.resolve(name));
			}
			move(dataRoot, suffix, "");
			throw ex;
		}
	}

	private static void move(Path dataRoot, String from, String to) throws IOException {
		for (String name : new String[] { "db", "audit" }) {
			Path present = dataRoot.resolve(name + from);
			if (Files.exists(present)) {
				Files.move(present, dataRoot.resolve(name + to));
			}
		}
	}

	private static String fill(Path backup, Path dataRoot) throws IOException, SQLException {
		EmbeddedDatabase database = EmbeddedDatabase.below(dataRoot);
		database.check();
		Path audit = dataRoot.resolve("audit");
		EvidenceCheck.Result result;
		try (HikariDataSource pool = new HikariDataSource()) {
			pool.setJdbcUrl(database.url());
			pool.setUsername("sa");
			pool.setPassword("");
			Restoration.restore(backup, pool, audit);
			try (AuditLog log = AuditLog.open(pool, AuditSettings.below(audit))) {
				result = log.verify();
			}
			database.noteComplete();
		}
		finally {
			// a backup that is none was refused before there was a database
			if (Files.exists(Path.of(database.file() + ".mv.db"))) {
				database.close();
			}
		}
		return "restored; the audit log fits with " + result.records() + " records";
	}

}
