package dev.caisson.platform.event;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Events on their way to the database, a line each: one write(2), after which the death
 * of this process cannot take the event back. A commit would take a hundred times as
 * long. Not safe for use by many threads.
 */
final class EventSpool implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(EventSpool.class);

	private final Path file;

	private FileOutputStream output;

	private long length;

	/** Opens it, for root alone: attributes hold labels. */
	EventSpool(Path file) {
		this.file = file;
		try {
			Files.createDirectories(file.getParent());
			this.output = new FileOutputStream(file.toFile(), true);
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
			this.length = Files.size(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("open " + file + ": " + ex.getMessage(), ex);
		}
	}

	/** What is in it. A last line without its end was never acknowledged. */
	List<Event> read() {
		List<Event> events = new ArrayList<>();
		try {
			String text = Files.readString(this.file, StandardCharsets.UTF_8);
			text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach((line) -> add(line, events));
		}
		catch (IOException ex) {
			log.error("{} cannot be read: events may be lost", this.file, ex);
		}
		return events;
	}

	private void add(String line, List<Event> events) {
		try {
			events.add(EventForm.event(line));
		}
		catch (JacksonException ex) {
			log.warn("{} has a damaged line", this.file);
		}
	}

	/** A stream and not a channel, which would close when its thread is interrupted. */
	void append(Event event) {
		byte[] line = EventForm.line(event);
		try {
			this.output.write(line);
			this.length += line.length;
		}
		catch (IOException ex) {
			log.error("an event is in memory alone: {} cannot be written", this.file, ex);
		}
	}

	long length() {
		return this.length;
	}

	/** Forgets everything. */
	void clear() {
		try {
			this.output.getChannel().truncate(0);
			this.length = 0;
		}
		catch (IOException ex) {
			log.warn("{} cannot be emptied", this.file, ex);
		}
	}

	@Override
	public void close() {
		try {
			this.output.close();
		}
		catch (IOException ex) {
			log.warn("close {}", this.file, ex);
		}
	}

}
