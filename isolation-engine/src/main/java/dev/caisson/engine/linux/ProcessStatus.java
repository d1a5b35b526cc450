package dev.caisson.engine.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the kernel says of a process in its status file, see proc_pid_status(5), at one
 * moment.
 */
public final class ProcessStatus {

	private final Map<String, String> fields = new HashMap<>();

	private ProcessStatus(List<String> lines) {
		for (String line : lines) {
			int colon = line.indexOf(':');
			if (colon > 0) {
				this.fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
			}
		}
	}

	/**
	 * Reads the status of a process.
	 * @throws UncheckedIOException if there is no such process
	 */
	public static ProcessStatus of(long pid) {
		return read(Path.of("/proc", Long.toString(pid), "status"));
	}

	/** Reads the status of the main thread of this process. */
	public static ProcessStatus ofSelf() {
		return read(Path.of("/proc/self/status"));
	}

	private static ProcessStatus read(Path file) {
		try {
			return new ProcessStatus(Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Whether this kernel has the field. */
	public boolean has(String field) {
		return this.fields.containsKey(field);
	}

	public String text(String field) {
		String value = this.fields.get(field);
		if (value == null) {
			throw new IllegalArgumentException("no field " + field + " in the status of a process");
		}
		return value;
	}

	public int number(String field) {
		return Integer.parseInt(text(field));
	}

	/** A set of bits, which the kernel writes in hexadecimal. */
	public long bits(String field) {
		return Long.parseUnsignedLong(text(field), 16);
	}

	/** Numbers with white space between them; ids may be as large as 2^32 - 2. */
	public List<Long> numbers(String field) {
		return Arrays.stream(text(field).split("\\s+")).filter((word) -> !word.isEmpty()).map(Long::valueOf).toList();
	}

}
