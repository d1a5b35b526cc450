package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of everything that a container has outside of its own directory: written
 * before it is made, struck when it is gone. So after a crash at any moment the file
 * names at least what is left over. Lines {@code + kind name} and {@code - kind name};
 * each is one append, which survives the death of this process. Safe for use by many
 * threads.
 */
final class Ledger {

	private final Path file;

	Ledger(Path file) {
		this.file = file;
	}

	/** Notes a thing that is about to be made. */
	void enter(Kind kind, String name) {
		append('+', new Entry(kind, name));
	}

	/** Strikes a thing that is gone. */
	void strike(Kind kind, String name) {
		append('-', new Entry(kind, name));
	}

	/** What was entered and not struck, in the order of entry. */
	synchronized List<Entry> outstanding() {
		List<Entry> open = new ArrayList<>();
		for (String line : lines()) {
			String[] parts = line.split(" ", 3);
			if (parts.length == 3) {
				Entry entry = new Entry(Kind.named(parts[1]), parts[2]);
				if (parts[0].equals("+")) {
					open.add(entry);
				}
				else {
					open.remove(entry);
				}
			}
		}
		return open;
	}

	/** Forgets everything, if everything is struck: a ledger does not grow for ever. */
	synchronized void clear() {
		if (outstanding().isEmpty()) {
			try {
				Files.deleteIfExists(this.file);
			}
			catch (IOException ex) {
				throw new UncheckedIOException("clear ledger " + this.file, ex);
			}
		}
	}

	private List<String> lines() {
		if (Files.notExists(this.file)) {
			return List.of();
		}
		try {
			String text = Files.readString(this.file);
			// a line without its end was being written when the machine stopped: what it
			// names was not made
			int end = text.lastIndexOf('\n');
			return (end < 0) ? List.of() : text.substring(0, end).lines().toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read ledger " + this.file, ex);
		}
	}

	private synchronized void append(char sign, Entry entry) {
		String line = sign + " " + entry.kind().word() + " " + entry.name() + "\n";
		try {
			Files.write(this.file, line.getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE,
					StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write ledger " + this.file, ex);
		}
	}

	/** The kinds of things that are outside of a container's directory. */
	enum Kind {

		/** A process: {@code pid@starttime}. */
		KEEPER,
		/** A control group, as the cgroup package names it. */
		CGROUP,
		/** A mount point on the host. */
		MOUNT,
		/** Sockets for its names, and whom they ask, see {@link Naming#ledgerName}. */
		NAMES,
		/** A container's place in a network, as the network package names it. */
		ENDPOINT,
		/** A network namespace bound to a file. */
		NETNS,
		/** A directory below the run root. */
		RUN,
		/** A further process with a keeper of its own: the id of the exec instance. */
		EXEC;

		String word() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

		static Kind named(String word) {
			return valueOf(word.toUpperCase(java.util.Locale.ROOT));
		}

	}

	/**
	 * A thing that exists, or may.
	 *
	 * @param kind what it is
	 * @param name what finds it again
	 */
	record Entry(Kind kind, String name) {

		Entry {
			if (name.isEmpty() || name.indexOf('\n') >= 0) {
				throw new IllegalArgumentException("not a name for the ledger: '" + name + "'");
			}
		}

	}

}
