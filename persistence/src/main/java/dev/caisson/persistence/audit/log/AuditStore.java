package dev.caisson.persistence.audit.log;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.bundle.EvidenceMisfitException;
import dev.caisson.persistence.audit.log.AuditTree.Tile;
import dev.caisson.persistence.merkle.Hash;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The log's tables. The text of a row is the record; the other columns repeat parts of it
 * for searching, and a verification compares them. Safe for use by many threads.
 */
final class AuditStore {

	private static final int HEX = 2 * Hash.LENGTH;

	private static final long SECOND = 1_000_000_000;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final boolean embedded;

	AuditStore(DataSource source) {
		this.jdbc = new JdbcTemplate(source);
		this.transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
		this.embedded = Boolean.TRUE.equals(this.jdbc.execute((ConnectionCallback<Boolean>) (connection) -> "H2"
			.equals(connection.getMetaData().getDatabaseProductName())));
	}

	JdbcTemplate jdbc() {
		return this.jdbc;
	}

	/** How many records were ever added. */
	long size() {
		Long last = this.jdbc.queryForObject("select max(seq) from audit_record", Long.class);
		return (last != null) ? last + 1 : 0;
	}

	/**
	 * A row as it is kept.
	 *
	 * @param text the record's text
	 */
	record Row(AuditRecord record, String text) {
	}

	/** Adds records and the tiles they complete, all or nothing. */
	void add(List<Row> rows, List<Tile> tiles) {
		this.transaction.executeWithoutResult((_) -> {
			this.jdbc.batchUpdate("""
					insert into audit_record (seq, recorded, kind, actor, action, target, outcome, request, body)
					values (?, ?, ?, ?, ?, ?, ?, ?, ?)""", rows, rows.size(), AuditStore::bind);
			for (Tile tile : tiles) {
				this.jdbc.update("insert into audit_tile (tile_level, tile_index, hashes, root) values (?, ?, ?, ?)",
						tile.level(), tile.index(), join(tile.hashes()), tile.root().hex());
			}
		});
	}

	private static void bind(PreparedStatement statement, Row row) throws SQLException {
		AuditRecord record = row.record();
		statement.setLong(1, record.sequence());
		statement.setLong(2, nanos(record.time()));
		statement.setString(3, record.entry().kind().word());
		statement.setString(4, record.entry().actor().name());
		statement.setString(5, record.entry().action());
		statement.setString(6, record.entry().target());
		statement.setString(7, record.entry().outcome());
		statement.setString(8, record.entry().request());
		statement.setString(9, row.text());
	}

	static long nanos(Instant time) {
		return Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
	}

	private static String join(List<Hash> hashes) {
		StringBuilder text = new StringBuilder(hashes.size() * HEX);
		hashes.forEach((hash) -> text.append(hash.hex()));
		return text.toString();
	}

	/**
	 * A complete tile.
	 * @throws AuditDamagedException if it is not there, or no tile
	 */
	List<Hash> tile(int level, long index) {
		List<String> found = this.jdbc.queryForList(
				"select hashes from audit_tile where tile_level = ? and tile_index = ?", String.class, level, index);
		if (found.size() != 1 || found.getFirst().length() != AuditTree.WIDTH * HEX) {
			throw new AuditDamagedException("tile " + index + " of level " + level + " is missing or broken");
		}
		List<Hash> hashes = new ArrayList<>(AuditTree.WIDTH);
		for (int i = 0; i < AuditTree.WIDTH; i++) {
			hashes.add(Hash.parse(found.getFirst().substring(i * HEX, (i + 1) * HEX)));
		}
		return hashes;
	}

	/** The tree as the tables have it. */
	AuditTree tree(long size) {
		List<List<Hash>> edges = new ArrayList<>();
		long above = size;
		for (int level = 0; above > 0; level++) {
			long complete = above / AuditTree.WIDTH;
			edges.add(edge(level, complete * AuditTree.WIDTH, above));
			above = complete;
		}
		return new AuditTree(this::tile, size, edges);
	}

	private List<Hash> edge(int level, long begin, long end) {
		List<Hash> edge = (level == 0)
				? this.jdbc.query("select body from audit_record where seq >= ? and seq < ? order by seq",
						(row, _) -> AuditRecord.leaf(row.getString(1)), begin, end)
				: this.jdbc.query(
						"select root from audit_tile where tile_level = ? and tile_index >= ? and tile_index < ? "
								+ "order by tile_index",
						(row, _) -> Hash.parse(row.getString(1)), level - 1, begin, end);
		if (edge.size() != end - begin) {
			throw new AuditDamagedException("of the records or tiles " + begin + " to " + (end - 1) + " of level "
					+ level + " only " + edge.size() + " are there");
		}
		return new ArrayList<>(edge);
	}

	void addCheckpoint(long size, Instant time, String note) {
		this.jdbc.update("insert into audit_checkpoint (size, recorded, note) values (?, ?, ?)", size, nanos(time),
				note);
	}

	/** The newest one. */
	Optional<String> checkpoint() {
		return this.jdbc
			.queryForList("""
					select note from audit_checkpoint where size = (select max(size) from audit_checkpoint)""",
					String.class)
			.stream()
			.findFirst();
	}

	/** All of them up to that size, the oldest first. */
	List<String> checkpoints(long size) {
		return this.jdbc.queryForList("select note from audit_checkpoint where size <= ? order by size", String.class,
				size);
	}

	/** The time of the last record. */
	Instant lastTime(long size) {
		return this.jdbc.query("select recorded from audit_record where seq = ?", (row, _) -> row.getLong(1), size - 1)
			.stream()
			.findFirst()
			.map((nanos) -> Instant.ofEpochSecond(nanos / SECOND, nanos % SECOND))
			.orElse(Instant.EPOCH);
	}

	/** From which record on none may be missing: what retention itself has recorded. */
	long completeFrom() {
		return this.jdbc
			.queryForList("select body from audit_record where action = ? order by action, seq desc limit 1",
					String.class, LogEvidence.RETENTION)
			.stream()
			.findFirst()
			.map((body) -> (Long) AuditRecord.parse(body).entry().details().get(LogEvidence.BEFORE))
			.orElse(0L);
	}

	/** Rows from one place to before another: the columns beside the text, too. */
	List<StoredRow> rows(long from, long to) {
		return this.jdbc.query("""
				select seq, recorded, kind, actor, action, target, outcome, request, body from audit_record
				where seq >= ? and seq < ? order by seq""",
				(row, _) -> new StoredRow(row.getLong(1), List.of(row.getLong(2), row.getString(3), row.getString(4),
						row.getString(5), row.getString(6), row.getString(7), row.getString(8)), row.getString(9)),
				from, to);
	}

	/**
	 * A row as it was found.
	 *
	 * @param columns those that repeat parts of the text
	 */
	record StoredRow(long sequence, List<Object> columns, String text) {

		/**
		 * Checks the columns against the text.
		 * @throws EvidenceMisfitException if they differ
		 */
		void check() {
			try {
				AuditRecord record = AuditRecord.parse(this.text);
				if (record.sequence() == this.sequence && columns(record).equals(this.columns)) {
					return;
				}
			}
			catch (IllegalArgumentException ex) {
				throw new EvidenceMisfitException(this.sequence,
						"record " + this.sequence + " was changed: " + ex.getMessage());
			}
			throw new EvidenceMisfitException(this.sequence,
					"record " + this.sequence + " was changed: its columns are not those of its text");
		}

		private static List<Object> columns(AuditRecord record) {
			return List.of(nanos(record.time()), record.entry().kind().word(), record.entry().actor().name(),
					record.entry().action(), record.entry().target(), record.entry().outcome(),
					record.entry().request());
		}

	}

	/** The first record that is still there; 0 of an empty log. */
	long first() {
		Long first = this.jdbc.queryForObject("select min(seq) from audit_record", Long.class);
		return (first != null) ? first : 0;
	}

	/**
	 * Checks that each tile is over those below it.
	 * @throws EvidenceMisfitException if one is not
	 */
	void checkTiles(long size) {
		long below = size / AuditTree.WIDTH;
		for (int level = 0; below > 0; level++) {
			for (long index = 0; index < below; index++) {
				checkTile(level, index);
			}
			below /= AuditTree.WIDTH;
		}
	}

	private void checkTile(int level, long index) {
		List<Hash> hashes = tile(level, index);
		boolean fits = AuditTree.reduce(hashes).hex().equals(root(level, index));
		if (level > 0) {
			for (int i = 0; i < AuditTree.WIDTH; i++) {
				fits &= hashes.get(i).hex().equals(root(level - 1, index * AuditTree.WIDTH + i));
			}
		}
		if (!fits) {
			throw new EvidenceMisfitException("tile " + index + " of level " + level + " was changed");
		}
	}

	private String root(int level, long index) {
		return this.jdbc
			.queryForList("select root from audit_tile where tile_level = ? and tile_index = ?", String.class, level,
					index)
			.stream()
			.findFirst()
			.orElse("");
	}

	/**
	 * How much of the oldest, in whole tiles, is more than what shall be kept.
	 * @param olderThan time of the oldest that is kept, in nanoseconds
	 * @param bytes characters of text that are kept; 0 is all
	 * @return the first record that is kept
	 */
	long firstKept(long olderThan, long bytes, long size) {
		long last = size / AuditTree.WIDTH * AuditTree.WIDTH;
		Long young = this.jdbc.queryForObject("select min(seq) from audit_record where recorded >= ?", Long.class,
				olderThan);
		long kept = (young != null) ? young : size;
		if (bytes > 0) {
			kept = Math.max(kept, firstWithin(bytes));
		}
		return Math.min(kept / AuditTree.WIDTH * AuditTree.WIDTH, last);
	}

	private long firstWithin(long bytes) {
		long sum = 0;
		List<long[]> tiles = this.jdbc.query("""
				select seq / 256, sum(char_length(body)) from audit_record group by seq / 256 order by 1 desc""",
				(row, _) -> new long[] { row.getLong(1), row.getLong(2) });
		for (long[] tile : tiles) {
			sum += tile[1];
			if (sum > bytes) {
				return (tile[0] + 1) * AuditTree.WIDTH;
			}
		}
		return 0;
	}

	/** Forgets records; their hashes stay. */
	int removeBefore(long sequence) {
		return this.jdbc.update("delete from audit_record where seq < ?", sequence);
	}

	/**
	 * Makes all commits so far survive the loss of power; a server does that by itself.
	 */
	void sync() {
		if (this.embedded) {
			this.jdbc.execute("checkpoint sync");
		}
	}

	/** Lets other processes have it. */
	static void release(Optional<Connection> hold) throws IOException {
		try {
			if (hold.isPresent()) {
				// the pool would keep the connection, and the connection the lock
				hold.get().unwrap(Connection.class).createStatement().execute("select pg_advisory_unlock_all()");
				hold.get().close();
			}
		}
		catch (SQLException ex) {
			throw new IOException("unlock the database", ex);
		}
	}

	/**
	 * Holds the log against other processes as long as the connection is open: H2 locks
	 * its file, a server must be asked.
	 * @throws AuditDamagedException if another one holds it
	 */
	Optional<Connection> hold() throws SQLException {
		DataSource source = this.jdbc.getDataSource();
		if (this.embedded || source == null) {
			return Optional.empty();
		}
		Connection connection = source.getConnection();
		try (PreparedStatement statement = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
			statement.setLong(1, 0x63616973736f6eL);
			try (var answer = statement.executeQuery()) {
				answer.next();
				if (answer.getBoolean(1)) {
					return Optional.of(connection);
				}
			}
		}
		connection.close();
		throw new AuditDamagedException("the database is in use by another Caisson");
	}

}
