package dev.caisson.engine.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.caisson.engine.launch.LaunchTrace;

/**
 * The traces of a container's last launches, a file each, numbered from 1. The first line
 * is when the keeper began; each following is a call: process, start, duration, result,
 * whether it returned, purpose, call, with tabs between them. Safe for use by many
 * threads: a file is written once, under another name first.
 */
final class LaunchArchive {

	/** How many are kept. */
	static final int MOST = 5;

	private static final int FIELDS = 7;

	private final Path directory;

	LaunchArchive(Path directory) {
		this.directory = directory;
	}

	/** The numbers of those that are kept, the oldest first. */
	List<Integer> numbers() {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.matches("\\d{1,9}"))
				.map(Integer::valueOf)
				.sorted()
				.toList();
		}
		catch (NoSuchFileException ex) {
			return List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("list " + this.directory, ex);
		}
	}

	/** Keeps one more, and drops the oldest. */
	synchronized int add(LaunchTrace trace) {
		List<Integer> known = numbers();
		int number = known.isEmpty() ? 1 : known.getLast() + 1;
		try {
			Files.createDirectories(this.directory);
			Path fresh = this.directory.resolve(number + ".new");
			Files.writeString(fresh, text(trace));
			Files.move(fresh, this.directory.resolve(Integer.toString(number)));
			for (int old : known.subList(0, Math.max(0, known.size() + 1 - MOST))) {
				Files.deleteIfExists(this.directory.resolve(Integer.toString(old)));
			}
			return number;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("keep a launch in " + this.directory, ex);
		}
	}

	/** Reads one back; empty if it is not kept. */
	Optional<LaunchTrace> read(int number) {
		try {
			List<String> lines = Files.readAllLines(this.directory.resolve(Integer.toString(number)));
			List<LaunchTrace.Entry> entries = new ArrayList<>(lines.size());
			for (String line : lines.subList(1, lines.size())) {
				entries.add(entry(line.split("\t", FIELDS)));
			}
			return Optional.of(new LaunchTrace(Long.parseLong(lines.getFirst()), entries));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read launch " + number + " of " + this.directory, ex);
		}
	}

	private static String text(LaunchTrace trace) {
		StringBuilder text = new StringBuilder(1 << 14).append(trace.startedAt()).append('\n');
		for (LaunchTrace.Entry entry : trace.entries()) {
			text.append(entry.process()).append('\t').append(entry.start()).append('\t').append(entry.duration());
			text.append('\t').append(entry.result()).append('\t').append(entry.returned()).append('\t');
			text.append(line(entry.purpose())).append('\t').append(line(entry.call())).append('\n');
		}
		return text.toString();
	}

	/** Arguments come from clients and may have anything in them. */
	private static String line(String text) {
		return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
	}

	private static LaunchTrace.Entry entry(String[] fields) {
		return new LaunchTrace.Entry(fields[0], fields[5], fields[6], Long.parseLong(fields[3]),
				Boolean.parseBoolean(fields[4]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
	}

}
