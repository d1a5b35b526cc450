package dev.caisson.engine.cgroup;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;

/**
 * Reads and writes the small files of a cgroup file system, which have no size and which
 * want each value in one write(2).
 */
final class ControlFile {

	private static final int CHUNK = 8192;

	private ControlFile() {
	}

	static void write(Path file, String text) {
		try (Fd fd = Fd.open(file, Fd.O_WRONLY)) {
			fd.writeText(text);
		}
	}

	static String read(Path file) {
		try (Fd fd = Fd.open(file, Fd.O_RDONLY); Arena arena = Arena.ofConfined()) {
			MemorySegment buffer = arena.allocate(CHUNK);
			ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
			long count = fd.read(buffer);
			while (count > 0) {
				bytes.writeBytes(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
				count = fd.read(buffer);
			}
			if (count < 0) {
				throw new LinuxException("read", file.toString(), Errno.of(-count));
			}
			return bytes.toString(StandardCharsets.UTF_8).strip();
		}
	}

	/** Lines of a name and a number: {@code memory.stat}, {@code cpu.stat}. */
	static Map<String, Long> numbers(String content) {
		Map<String, Long> numbers = new LinkedHashMap<>();
		content.lines().forEach((line) -> {
			int space = line.indexOf(' ');
			if (space > 0) {
				number(line.substring(space + 1)).ifPresent((value) -> numbers.put(line.substring(0, space), value));
			}
		});
		return numbers;
	}

	/**
	 * A number of bytes, tasks or nanoseconds; empty where there is no bound. v1 shows
	 * the largest number of whole pages for that, v2 the word max.
	 */
	static OptionalLong limit(String content) {
		OptionalLong value = number(content);
		return (value.isPresent() && value.getAsLong() >= 0 && value.getAsLong() < (1L << 62)) ? value
				: OptionalLong.empty();
	}

	static long number(String content, long otherwise) {
		return number(content).orElse(otherwise);
	}

	private static OptionalLong number(String content) {
		try {
			return OptionalLong.of(Long.parseLong(content.strip()));
		}
		catch (NumberFormatException ex) {
			// "max", or one of the few files that also hold words
			return OptionalLong.empty();
		}
	}

}
