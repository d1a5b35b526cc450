package dev.caisson.engine.container;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Reads a log once: from where its tail begins, through all of its files, and on as it
 * grows. For one thread, which waits while there is nothing new.
 */
final class LogReader implements AutoCloseable {

	private static final Duration LONG = Duration.ofHours(1);

	private final LogFiles files;

	private final LogQuery query;

	private final Consumer<LogLine> reader;

	private final Runnable pause;

	/** What was there at the beginning, kept open because it may be rotated away. */
	private final Deque<LogPart> parts = new ArrayDeque<>();

	private @Nullable LogPart part;

	private @Nullable LogEntries entries;

	LogReader(LogFiles files, LogQuery query, Consumer<LogLine> reader) {
		this(files, query, reader, () -> {
		});
	}

	/**
	 * @param pause runs whenever all that there is has been read
	 */
	LogReader(LogFiles files, LogQuery query, Consumer<LogLine> reader, Runnable pause) {
		this.pause = pause;
		this.files = files;
		this.query = query;
		this.reader = reader;
	}

	void read() {
		List<LogPart> all = this.files.parts();
		this.parts.addAll(all);
		if (this.query.tail() >= 0) {
			seekTail(all);
		}
		try {
			do {
				readAvailable();
				this.pause.run();
			}
			while (this.query.follow() && awaitMore());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void readAvailable() {
		if (this.part == null && !nextPart()) {
			return;
		}
		do {
			emit();
		}
		while (nextPart());
	}

	private void emit() {
		LogPart current = this.part;
		LogEntries from = this.entries;
		if (current == null || from == null) {
			return;
		}
		long limit = this.files.readable(current);
		for (LogLine line = from.next(limit); line != null; line = from.next(limit)) {
			if (isWanted(line)) {
				this.reader.accept(line);
			}
		}
	}

	private boolean nextPart() {
		LogPart before = this.part;
		LogPart next = this.parts.poll();
		if (next == null && before != null) {
			next = this.files.after(before).orElse(null);
		}
		else if (next == null) {
			this.parts.addAll(this.files.parts());
			next = this.parts.poll();
		}
		if (next == null) {
			return false;
		}
		// what was appended between the last look and the rotation
		emit();
		open(next, 0);
		return true;
	}

	private void open(LogPart next, long place) {
		closePart();
		this.part = next;
		this.entries = new LogEntries(next.file(), place);
	}

	private boolean awaitMore() throws InterruptedException {
		Duration patience = LONG;
		while (true) {
			if (this.query.until() != null) {
				patience = Duration.between(Instant.now(), this.query.until());
			}
			long read = (this.entries != null) ? this.entries.entryEnd() : 0;
			if (this.files.awaitMore(this.part, read, patience)) {
				return true;
			}
			if (this.query.until() != null || !this.files.isLive()) {
				return false;
			}
		}
	}

	private boolean isWanted(LogLine line) {
		return isOfWantedStream(line) && (this.query.since() == null || !line.time().isBefore(this.query.since()))
				&& (this.query.until() == null || !line.time().isAfter(this.query.until()));
	}

	private boolean isOfWantedStream(LogLine line) {
		return (line.stream() == 1) ? this.query.stdout() : this.query.stderr();
	}

	/** Goes backwards until one line more than wanted has been seen. */
	private void seekTail(List<LogPart> all) {
		Tail tail = new Tail(this.query.tail());
		for (int i = all.size() - 1; i >= 0; i--) {
			LogPart candidate = all.get(i);
			try (LogEntries backwards = new LogEntries(candidate.file(), this.files.readable(candidate))) {
				for (LogLine line = backwards.previous(); line != null; line = backwards.previous()) {
					if (isWanted(line) && tail.isBeyond(line)) {
						begin(candidate, backwards.entryEnd());
						return;
					}
				}
			}
		}
	}

	private void begin(LogPart first, long place) {
		while (this.parts.peek() != first) {
			this.parts.remove().close();
		}
		open(this.parts.remove(), place);
	}

	private void closePart() {
		if (this.entries != null) {
			this.entries.close();
		}
		if (this.part != null) {
			this.part.close();
		}
		this.entries = null;
		this.part = null;
	}

	@Override
	public void close() {
		closePart();
		this.parts.forEach(LogPart::close);
	}

	/** Counts lines from behind; the parts of a long line are one. */
	private static final class Tail {

		private final int wanted;

		private final boolean[] seen = new boolean[3];

		private int lines;

		Tail(int wanted) {
			this.wanted = wanted;
		}

		boolean isBeyond(LogLine line) {
			boolean lastOfStream = !this.seen[line.stream()];
			this.seen[line.stream()] = true;
			if (lastOfStream || LogEntries.endsLine(line)) {
				this.lines++;
			}
			return this.lines > this.wanted;
		}

	}

}
