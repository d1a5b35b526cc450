package dev.caisson.persistence.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.sql.DataSource;

import dev.caisson.persistence.audit.CanonicalJson;
import dev.caisson.persistence.audit.log.AuditLog;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.SignedNote;
import org.jspecify.annotations.Nullable;

/**
 * Writes a backup while the service runs: a ZIP file with {@code manifest}, a file per
 * table below {@code tables/} (a row a line, as JSON), and the files of the audit log
 * below {@code audit/}. It holds secrets.
 */
public final class Backup {

	static final String FORMAT = "caisson-backup", MANIFEST = "manifest", TABLES = "tables/", AUDIT = "audit/";

	/** Flyway's own. */
	private static final String HISTORY = "flyway_schema_history";

	private static final List<String> FILES = List.of("signing.key", "log.vkey", "rotations", "redaction.key");

	private static final int FETCHED = 500;

	private final Connection connection;

	private final ZipOutputStream zip;

	private final long records;

	private Backup(Connection connection, ZipOutputStream zip, long records) {
		this.connection = connection;
		this.zip = zip;
		this.records = records;
	}

	/**
	 * Writes it, as of one moment; the stream stays open. The audit log goes up to a
	 * checkpoint that is signed now.
	 * @param auditDirectory where the log's keys are
	 */
	public static void write(DataSource source, AuditLog log, Path auditDirectory, OutputStream output)
			throws IOException, SQLException {
		long records = Checkpoint.parse(SignedNote.parse(log.checkpoint()).text()).size();
		try (Connection connection = source.getConnection()) {
			connection.setAutoCommit(false);
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			ZipOutputStream zip = new ZipOutputStream(output, StandardCharsets.UTF_8);
			new Backup(connection, zip, records).write(auditDirectory);
			zip.finish();
			connection.rollback();
		}
	}

	private void write(Path auditDirectory) throws IOException, SQLException {
		this.zip.putNextEntry(new ZipEntry(MANIFEST));
		line(Map.of("format", FORMAT, "version", 1, "schema", schema()));
		this.zip.closeEntry();
		for (String table : tables()) {
			this.zip.putNextEntry(new ZipEntry(TABLES + table));
			writeRows(table);
			this.zip.closeEntry();
		}
		for (String name : FILES) {
			Path file = auditDirectory.resolve(name);
			if (Files.exists(file)) {
				this.zip.putNextEntry(new ZipEntry(AUDIT + name));
				Files.copy(file, this.zip);
				this.zip.closeEntry();
			}
		}
	}

	private void line(Object value) throws IOException {
		this.zip.write((CanonicalJson.write(value) + "\n").getBytes(StandardCharsets.UTF_8));
	}

	private String schema() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet row = statement.executeQuery("select \"version\" from \"" + HISTORY
						+ "\" where \"version\" is not null order by \"installed_rank\" desc")) {
			return row.next() ? row.getString(1) : "0";
		}
	}

	private List<String> tables() throws SQLException {
		List<String> tables = new ArrayList<>();
		try (ResultSet found = this.connection.getMetaData()
			.getTables(null, this.connection.getSchema(), "%", new String[] { "TABLE", "BASE TABLE" })) {
			while (found.next()) {
				tables.add(found.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
			}
		}
		tables.remove(HISTORY);
		return tables;
	}

	private void writeRows(String table) throws SQLException, IOException {
		try (Statement statement = this.connection.createStatement()) {
			statement.setFetchSize(FETCHED);
			try (ResultSet rows = statement.executeQuery("select * from " + table + covered(table))) {
				ResultSetMetaData columns = rows.getMetaData();
				while (rows.next()) {
					Map<String, @Nullable Object> row = new TreeMap<>();
					for (int i = 1; i <= columns.getColumnCount(); i++) {
						row.put(columns.getColumnLabel(i).toLowerCase(Locale.ROOT), rows.getObject(i));
					}
					line(row);
				}
			}
		}
	}

	/** What came after the checkpoint would be without a proof. */
	private String covered(String table) {
		return switch (table) {
			case "audit_record" -> " where seq < " + this.records;
			case "audit_tile" -> " where (tile_index + 1) * power(256, tile_level + 1) <= " + this.records;
			case "audit_checkpoint" -> " where size <= " + this.records;
			default -> "";
		};
	}

}
