package dev.caisson.persistence;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * The database that needs no server: H2 in this process, one file under the data root.
 *
 * @param file without the suffix {@code .mv.db}
 */
record EmbeddedDatabase(Path file) {

	private static final String SUFFIX = ".mv.db";

	// org.h2.api.ErrorCode; the driver is not on the compile path
	private static final int DATABASE_ALREADY_OPEN_1 = 90020;

	private static final int FILE_CORRUPTED_1 = 90030;

	private static final int DATABASE_IS_READ_ONLY = 90097;

	private static final int FILE_VERSION_ERROR_1 = 90048;

	static EmbeddedDatabase below(Path dataRoot) {
		return new EmbeddedDatabase(dataRoot.resolve("db").resolve("caisson").toAbsolutePath());
	}

	/**
	 * Every commit is written out before it returns: by default H2 waits up to half a
	 * second, which a kill would lose. What is out of date is overwritten after 10 s and
	 * not 45, since every commit takes room in the file. The file is closed by us, not by
	 * H2's shutdown hook, which may run before the last record.
	 */
	String url() {
		return "jdbc:h2:file:" + this.file
				+ ";WRITE_DELAY=0;RETENTION_TIME=10000;DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=-1";
	}

	/**
	 * Opens an existing file once, without writing, so that a database that cannot be
	 * used is refused in clear words and left as it is.
	 * @throws DatabaseUnusableException if it cannot be opened or has lost its contents
	 */
	void check() {
		makeDirectory();
		if (!Files.exists(Path.of(this.file + SUFFIX))) {
			return;
		}
		try (Connection connection = DriverManager
			.getConnection("jdbc:h2:file:" + this.file + ";ACCESS_MODE_DATA=r;DB_CLOSE_ON_EXIT=FALSE", "sa", "")) {
			if (Files.exists(completionMark()) && !hasSchema(connection)) {
				throw damaged(null);
			}
			// or H2 would keep it open, and read-only, for those who come later
			shutDown(connection);
		}
		catch (SQLException ex) {
			throw refusal(ex);
		}
	}

	/** Definitions hold environment variables, and those hold secrets: for root alone. */
	private void makeDirectory() {
		Path directory = this.file.getParent();
		try {
			Files.createDirectories(directory);
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
		}
		catch (IOException ex) {
			throw new DatabaseUnusableException("the directory " + directory + " cannot be used: " + ex.getMessage(),
					"Choose a writable data root with --data-root.", ex);
		}
	}

	/**
	 * Notes that the schema is there. H2 takes a file of which nothing is readable for a
	 * new one; with this mark we do not.
	 */
	void noteComplete() {
		try {
			Files.write(completionMark(), new byte[0], StandardOpenOption.CREATE, StandardOpenOption.WRITE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write " + completionMark(), ex);
		}
	}

	private Path completionMark() {
		return Path.of(this.file + ".complete");
	}

	private static boolean hasSchema(Connection connection) throws SQLException {
		try (ResultSet tables = connection.getMetaData().getTables(null, null, "flyway_schema_history", null)) {
			return tables.next();
		}
	}

	/** Closes the file; what is still open is rolled back. */
	void close() throws SQLException {
		try (Connection connection = DriverManager.getConnection(url() + ";IFEXISTS=TRUE", "sa", "")) {
			shutDown(connection);
		}
	}

	private static void shutDown(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("shutdown");
		}
	}

	private DatabaseUnusableException refusal(SQLException cause) {
		String name = this.file + SUFFIX;
		return switch (cause.getErrorCode()) {
			case DATABASE_ALREADY_OPEN_1 -> new DatabaseUnusableException("the database " + name + " is in use",
					"Stop the other Caisson that uses this data root, or choose another one with --data-root.", cause);
			case FILE_VERSION_ERROR_1 ->
				new DatabaseUnusableException("the database " + name + " was written by a newer Caisson",
						"Start the newer version again, or choose another data root with --data-root.", cause);
			// read-only is what it complains of when it wants to lay out an empty store
			case FILE_CORRUPTED_1, DATABASE_IS_READ_ONLY -> damaged(cause);
			default ->
				new DatabaseUnusableException("the database " + name + " cannot be opened: " + cause.getMessage(),
						"Check that the directory exists, is writable and has space left.", cause);
		};
	}

	private DatabaseUnusableException damaged(@Nullable SQLException cause) {
		return new DatabaseUnusableException("the database " + this.file + SUFFIX + " is damaged",
				"Restore it from a backup, or move it away: Caisson then starts with an empty one.", cause);
	}

}
