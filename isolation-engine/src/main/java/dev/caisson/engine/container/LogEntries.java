package dev.caisson.engine.container;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The entries of one log file, read forwards or backwards. Entries that cannot be read,
 * as after a loss of power, are passed over. Not thread-safe.
 */
final class LogEntries implements AutoCloseable {

	private static final JsonFactory JSON = new JsonFactory();

	private static final int BLOCK = 128 << 10;

	/** Longer than any entry that is ever written; a longer one is not an entry. */
	private static final int LONGEST = 16 << 20;

	private final Fd file;

	private final Arena arena = Arena.ofConfined();

	private final MemorySegment block = this.arena.allocate(BLOCK, Long.BYTES);

	/** Bytes of the file, from {@link #start} on. */
	private byte[] bytes = new byte[BLOCK];

	private long start;

	private int count;

	/** Where the entry in hand begins and ends in the file. */
	private long entryStart;

	private long entryEnd;

	/**
	 * Reads from a place on.
	 * @param place the beginning of an entry, or the end of the file
	 */
	LogEntries(Fd file, long place) {
		this.file = file;
		this.entryStart = place;
		this.entryEnd = place;
	}

	/** Where the entry that was read last begins. */
	long entryStart() {
		return this.entryStart;
	}

	/** Where it ends. */
	long entryEnd() {
		return this.entryEnd;
	}

	/** The next entry that ends before a limit; null if there is none. */
	@Nullable LogLine next(long limit) {
		while (true) {
			long end = endOfLine(this.entryEnd, limit);
			if (end < 0) {
				return null;
			}
			this.entryStart = this.entryEnd;
			this.entryEnd = end;
			LogLine line = parse();
			if (line != null) {
				return line;
			}
		}
	}

	/** The entry before the one that was read last; null if there is none. */
	@Nullable LogLine previous() {
		while (this.entryStart > 0) {
			this.entryEnd = this.entryStart;
			this.entryStart = startOfLine(this.entryEnd);
			LogLine line = parse();
			if (line != null) {
				return line;
			}
		}
		return null;
	}

	private long endOfLine(long from, long limit) {
		for (long at = from; at < limit;) {
			if (!holds(at)) {
				// keep what has been seen of this line, so that it is in one piece
				load(from, (int) Math.min(LONGEST, Math.max(BLOCK, 2 * (at - from))), limit);
				if (!holds(at)) {
					return -1;
				}
			}
			int end = (int) (Math.min(limit, this.start + this.count) - this.start);
			for (int i = (int) (at - this.start); i < end; i++) {
				if (this.bytes[i] == '\n') {
					return this.start + i + 1;
				}
			}
			at = this.start + end;
		}
		return -1;
	}

	private long startOfLine(long end) {
		long at = end - 1; // the newline itself
		while (at > 0) {
			if (!holds(at - 1)) {
				int size = (int) Math.min(end, Math.min(LONGEST, Math.max(BLOCK, 2 * (end - at))));
				load(end - size, size, end);
				if (!holds(at - 1)) {
					return 0;
				}
			}
			for (int i = (int) (at - 1 - this.start); i >= 0; i--) {
				if (this.bytes[i] == '\n') {
					return this.start + i + 1;
				}
			}
			at = this.start;
		}
		return 0;
	}

	private boolean holds(long place) {
		return place >= this.start && place < this.start + this.count;
	}

	private void load(long from, int size, long limit) {
		if (this.bytes.length < size) {
			this.bytes = new byte[size];
		}
		this.start = from;
		this.count = 0;
		int most = (int) Math.min(size, limit - from);
		while (this.count < most) {
			long got = Linux.call(SystemCall.PREAD64, this.file.name(), this.file.number(), this.block.address(),
					Math.min(BLOCK, most - this.count), from + this.count);
			if (got == 0) {
				return;
			}
			MemorySegment.copy(this.block, ValueLayout.JAVA_BYTE, 0, this.bytes, this.count, (int) got);
			this.count += (int) got;
		}
	}

	private @Nullable LogLine parse() {
		if (!holds(this.entryStart) || !holds(this.entryEnd - 1)) {
			load(this.entryStart, (int) Math.min(LONGEST, Math.max(BLOCK, this.entryEnd - this.entryStart)),
					this.entryEnd);
		}
		int length = (int) (this.entryEnd - this.entryStart);
		try {
			return (length <= this.count) ? parse(this.bytes, (int) (this.entryStart - this.start), length) : null;
		}
		catch (JacksonException | DateTimeException | IllegalArgumentException ex) {
			return null;
		}
	}

	private static @Nullable LogLine parse(byte[] bytes, int from, int length) {
		byte[] text = null;
		byte[] raw = null;
		int stream = 1;
		Instant time = null;
		try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes, from, length)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				return null;
			}
			for (String name = parser.nextName(); name != null; name = parser.nextName()) {
				parser.nextToken();
				switch (name) {
					case "log" -> text = parser.getString().getBytes(StandardCharsets.UTF_8);
					case "raw" -> raw = Base64.getDecoder().decode(parser.getString());
					case "stream" -> stream = "stderr".equals(parser.getString()) ? 2 : 1;
					case "time" -> time = Instant.parse(parser.getString());
					default -> parser.skipChildren();
				}
			}
		}
		byte[] content = (raw != null) ? raw : text;
		return (content != null && time != null) ? new LogLine(time, stream, content) : null;
	}

	/** Whether an entry is the end of a line, not a part of a long one. */
	static boolean endsLine(LogLine line) {
		byte[] text = line.text();
		return text.length > 0 && text[text.length - 1] == '\n';
	}

	@Override
	public void close() {
		this.arena.close();
	}

}
