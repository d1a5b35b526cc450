package dev.caisson.persistence.audit.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The file that makes a record durable: its text and a newline, in one write(2). What was
 * written survives the process, and after {@link #sync} the machine. A line without a
 * newline at the end was never acknowledged. Not a FileChannel, which an interrupted
 * thread would close for all. Appends are the caller's to serialise.
 */
final class AuditJournal implements AutoCloseable {

	private final RandomAccessFile file;

	private final Path path;

	private final Object syncing = new Object();

	private volatile long length;

	private long synced;

	private boolean torn;

	private AuditJournal(Path path, RandomAccessFile file, long length) {
		this.path = path;
		this.file = file;
		this.length = length;
	}

	static AuditJournal open(Path path) throws IOException {
		if (!Files.exists(path)) {
			Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		}
		RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
		AuditJournal journal = new AuditJournal(path, file, file.length());
		journal.dropUnfinishedLine();
		return journal;
	}

	private void dropUnfinishedLine() throws IOException {
		byte[] bytes = Files.readAllBytes(this.path);
		int end = bytes.length;
		while (end > 0 && bytes[end - 1] != '\n') {
			end--;
		}
		this.file.setLength(end);
		this.file.seek(end);
		this.length = end;
	}

	/** What is in it, the oldest first. */
	List<String> lines() throws IOException {
		return new ArrayList<>(Files.readAllLines(this.path, StandardCharsets.UTF_8));
	}

	/**
	 * Adds a line.
	 * @return the length with it, for {@link #sync}
	 * @throws IOException if it is not in the file, and no part of it
	 */
	long append(String text) throws IOException {
		mend();
		byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
		try {
			this.file.write(line);
		}
		catch (IOException ex) {
			this.torn = true;
			throw ex;
		}
		this.length += line.length;
		return this.length;
	}

	/** A write that failed may have left a part of its line. */
	private void mend() throws IOException {
		if (this.torn) {
			this.file.setLength(this.length);
			this.file.seek(this.length);
			this.torn = false;
		}
	}

	/**
	 * Returns when everything up to that length is on disk; one of many does it for all.
	 */
	void sync(long upTo) throws IOException {
		synchronized (this.syncing) {
			if (this.synced < upTo) {
				long written = this.length;
				this.file.getFD().sync();
				this.synced = written;
			}
		}
	}

	long length() {
		return this.length;
	}

	/** Empties it, when all that is in it is in the database. */
	void clear() throws IOException {
		synchronized (this.syncing) {
			this.file.setLength(0);
			this.file.seek(0);
			this.length = 0;
			this.synced = 0;
			this.torn = false;
		}
	}

	/** Puts bytes into a file that is whole or not there, for the owner alone. */
	static void replace(Path path, String text) throws IOException {
		Path fresh = path.resolveSibling(path.getFileName() + ".new");
		Files.deleteIfExists(fresh);
		Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.writeString(fresh, text, StandardOpenOption.SYNC, StandardOpenOption.WRITE);
		Files.move(fresh, path, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

}
