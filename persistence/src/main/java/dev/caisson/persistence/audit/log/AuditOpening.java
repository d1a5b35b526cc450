package dev.caisson.persistence.audit.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

import dev.caisson.persistence.audit.AuditRecord;
import dev.caisson.persistence.audit.log.AuditStore.Row;
import dev.caisson.persistence.audit.log.AuditTree.Growth;
import dev.caisson.persistence.merkle.Hash;
import dev.caisson.persistence.note.Checkpoint;
import dev.caisson.persistence.note.SignedNote;

/**
 * How a log is taken up again. Every record is either below a signed checkpoint or still
 * in the journal, so nothing can be added, changed or removed behind our back between two
 * runs without being noticed here.
 */
final class AuditOpening {

	private final AuditStore store;

	private final AuditSettings settings;

	private final LogKeys keys;

	private AuditOpening(AuditStore store, AuditSettings settings) {
		this.store = store;
		this.settings = settings;
		this.keys = new LogKeys(settings.directory());
	}

	/**
	 * A log that was taken up.
	 *
	 * @param journals two, of which one is written
	 * @param checkpointed how many records the last checkpoint covers
	 * @param damage that was accepted
	 * @param hold keeps others away; closed with the log
	 */
	record Opened(AuditStore store, LogKeys keys, AuditTree tree, List<AuditJournal> journals, long checkpointed,
			Optional<String> damage, Optional<Connection> hold) {
	}

	static Opened open(AuditStore store, AuditSettings settings) throws IOException {
		return new AuditOpening(store, settings).open();
	}

	private Opened open() throws IOException {
		Path directory = this.settings.directory();
		Files.createDirectories(directory);
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
		Optional<Connection> hold = hold();
		List<AuditJournal> journals = List.of(AuditJournal.open(directory.resolve("journal.0")),
				AuditJournal.open(directory.resolve("journal.1")));
		try {
			return open(journals, hold);
		}
		catch (RuntimeException ex) {
			for (AuditJournal journal : journals) {
				journal.close();
			}
			AuditStore.release(hold);
			throw ex;
		}
	}

	private Opened open(List<AuditJournal> journals, Optional<Connection> hold) throws IOException {
		AuditTree tree = this.store.tree(this.store.size());
		NavigableMap<Long, String> lines = lines(journals);
		Checkpoint last = lastCheckpoint();
		Optional<String> damage = damage(tree, last, lines);
		if (damage.isPresent() && !this.settings.acceptDamage()) {
			throw new AuditDamagedException(damage.get());
		}
		recover(tree, lines);
		long checkpointed = damage.isPresent() ? forgetCheckpoints(tree.size()) : last.size();
		return new Opened(this.store, this.keys, tree, journals, checkpointed, damage, hold);
	}

	private Optional<Connection> hold() throws IOException {
		try {
			return this.store.hold();
		}
		catch (SQLException ex) {
			throw new IOException("lock the database", ex);
		}
	}

	private static NavigableMap<Long, String> lines(List<AuditJournal> journals) throws IOException {
		NavigableMap<Long, String> lines = new TreeMap<>();
		for (AuditJournal journal : journals) {
			for (String line : journal.lines()) {
				try {
					lines.put(AuditRecord.parse(line).sequence(), line);
				}
				catch (IllegalArgumentException ex) {
					throw new AuditDamagedException("the journal has a line that is no record, after record "
							+ (lines.isEmpty() ? "none" : lines.lastKey()) + ": " + ex.getMessage());
				}
			}
		}
		return lines;
	}

	/** The newer of the one in the database and the one in the file. */
	private Checkpoint lastCheckpoint() throws IOException {
		Checkpoint last = new Checkpoint("", 0, Hash.EMPTY);
		List<String> notes = new ArrayList<>(this.store.checkpoint().stream().toList());
		Path file = this.settings.directory().resolve(AuditWriter.CHECKPOINT);
		if (Files.exists(file)) {
			notes.add(Files.readString(file));
		}
		for (String note : notes) {
			Checkpoint checkpoint = Checkpoint.parse(SignedNote.parse(note).text());
			last = (checkpoint.size() >= last.size()) ? checkpoint : last;
		}
		return last;
	}

	private Optional<String> damage(AuditTree tree, Checkpoint last, NavigableMap<Long, String> lines) {
		long size = tree.size();
		if (last.size() > 0 && !this.keys.exist()) {
			return Optional.of("its signing key is missing");
		}
		if (last.size() > size) {
			return Optional.of("records " + size + " to " + (last.size() - 1) + " are missing");
		}
		if (!tree.root(last.size()).equals(last.root())) {
			return Optional.of("records before " + last.size() + " were changed since the last checkpoint");
		}
		for (AuditStore.StoredRow row : this.store.rows(last.size(), size)) {
			if (!row.text().equals(lines.get(row.sequence()))) {
				return Optional.of("record " + row.sequence() + " in the database is not the one that was recorded");
			}
		}
		NavigableMap<Long, String> rest = lines.tailMap(size, true);
		return (rest.isEmpty() || rest.firstKey() == size && rest.lastKey() == size + rest.size() - 1)
				? Optional.empty() : Optional.of("records from " + size + " on are missing");
	}

	/** Puts what only the journal has into the database. */
	private void recover(AuditTree tree, NavigableMap<Long, String> lines) {
		List<Row> rows = new ArrayList<>();
		long next = tree.size();
		for (String line = lines.get(next); line != null; line = lines.get(next)) {
			rows.add(new Row(AuditRecord.parse(line), line));
			next++;
		}
		if (!rows.isEmpty()) {
			Growth growth = tree.plan(rows.stream().map((row) -> AuditRecord.leaf(row.text())).toList());
			this.store.add(rows, growth.tiles());
			tree.apply(growth);
		}
	}

	/** Those that an accepted damage contradicts; they are in the record of it. */
	private long forgetCheckpoints(long size) {
		this.store.jdbc().update("delete from audit_checkpoint where size >= ?", size);
		return 0;
	}

}
