package dev.caisson.persistence.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import javax.sql.DataSource;

import dev.caisson.persistence.audit.CanonicalJson;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** Puts a backup into an empty database, of whatever kind. */
public final class Restoration {

	private static final int BATCH = 500;

	private final ZipFile file;

	private final DataSource target;

	private Restoration(ZipFile file, DataSource target) {
		this.file = file;
		this.target = target;
	}

	/**
	 * Restores everything.
	 * @param target without any table
	 * @param auditDirectory where the audit log's keys go
	 * @throws BackupUnusableException if it is none, or of a newer version
	 */
	public static void restore(Path backup, DataSource target, Path auditDirectory) throws IOException, SQLException {
		try (ZipFile file = new ZipFile(backup.toFile())) {
			new Restoration(file, target).restore(auditDirectory);
		}
		catch (ZipException | IllegalArgumentException ex) {
			throw new BackupUnusableException(backup + " is not a backup of Caisson: " + ex.getMessage());
		}
	}

	private void restore(Path auditDirectory) throws IOException, SQLException {
		migrate(schema());
		List<String> entries = Collections.list(this.file.entries()).stream().map(ZipEntry::getName).toList();
		try (Connection connection = this.target.getConnection()) {
			connection.setAutoCommit(false);
			for (String name : entries) {
				if (name.matches(Backup.TABLES + "[a-z0-9_]+")) {
					fill(connection, name.substring(Backup.TABLES.length()), name);
				}
			}
			connection.commit();
		}
		Files.createDirectories(auditDirectory);
		for (String name : entries) {
			if (name.matches(Backup.AUDIT + "[a-z.]+")) {
				copy(name, auditDirectory.resolve(name.substring(Backup.AUDIT.length())));
			}
		}
		migrate("latest");
	}

	private String schema() throws IOException {
		try (BufferedReader reader = reader(Backup.MANIFEST)) {
			if (CanonicalJson.read(String.valueOf(reader.readLine())) instanceof Map<?, ?> manifest
					&& Backup.FORMAT.equals(manifest.get("format"))) {
				return String.valueOf(manifest.get("schema"));
			}
		}
		throw new IllegalArgumentException("it has no manifest");
	}

	private BufferedReader reader(String name) throws IOException {
		ZipEntry entry = this.file.getEntry(name);
		if (entry == null) {
			throw new IllegalArgumentException("it has no file " + name);
		}
		return new BufferedReader(new InputStreamReader(this.file.getInputStream(entry), StandardCharsets.UTF_8));
	}

	private void migrate(String version) {
		try {
			Flyway.configure().dataSource(this.target).target(version).load().migrate();
		}
		catch (FlywayException ex) {
			throw new BackupUnusableException(
					"the schema " + version + " of the backup is not known to this version of Caisson: "
							+ String.valueOf(ex.getMessage()).lines().findFirst().orElse(""));
		}
	}

	private void fill(Connection connection, String table, String entry) throws IOException, SQLException {
		try (BufferedReader lines = reader(entry)) {
			PreparedStatement statement = null;
			int count = 0;
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				Map<String, @Nullable Object> row = row(line);
				statement = (statement != null) ? statement : insert(connection, table, row);
				int index = 1;
				for (Object value : row.values()) {
					statement.setObject(index++, value);
				}
				statement.addBatch();
				if (++count % BATCH == 0) {
					statement.executeBatch();
				}
			}
			if (statement != null) {
				statement.executeBatch();
				statement.close();
			}
		}
	}

	private static Map<String, @Nullable Object> row(String line) {
		Map<String, @Nullable Object> row = new TreeMap<>();
		if (CanonicalJson.read(line) instanceof Map<?, ?> members) {
			members.forEach((name, value) -> row.put((String) name, value));
		}
		return row;
	}

	private static PreparedStatement insert(Connection connection, String table, Map<String, @Nullable Object> row)
			throws SQLException {
		if (!row.keySet().stream().allMatch((name) -> name.matches("[a-z0-9_]+"))) {
			throw new IllegalArgumentException("a column of " + table + " has a name that cannot be");
		}
		return connection.prepareStatement("insert into " + table + " (" + String.join(", ", row.keySet())
				+ ") values (" + String.join(", ", Collections.nCopies(row.size(), "?")) + ")");
	}

	private void copy(String name, Path file) throws IOException {
		Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		try (InputStream content = this.file.getInputStream(this.file.getEntry(name))) {
			Files.write(file, content.readAllBytes());
		}
	}

}
