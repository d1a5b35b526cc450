package dev.caisson.engine.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A container's state on disk. It is written over by one pwrite(2) that stays within a
 * page, which the death of the service cannot divide, and which is usually one sector: 5
 * us, where a file renamed over another takes 80 on ext4, because that flushes it.
 */
final class StateFile {

	private static final JsonFactory JSON = new JsonFactory();

	private static final int SECTOR = 512;

	/** Characters of a message, each at most 6 bytes in JSON. */
	private static final int LONGEST_ERROR = 600;

	private final Path file;

	StateFile(Path file) {
		this.file = file;
	}

	/**
	 * Writes a state over the one before.
	 * @throws LinuxException if the disk is full, most likely
	 */
	void write(ContainerState state) {
		byte[] json = json(state);
		// what is left of a longer one lies behind the end of the object
		byte[] padded = Arrays.copyOf(json, (json.length + SECTOR - 1) & -SECTOR);
		Arrays.fill(padded, json.length, padded.length, (byte) ' ');
		try (Fd open = Fd.open(this.file, Fd.O_WRONLY | Fd.O_CREAT, 0600); Arena arena = Arena.ofConfined()) {
			MemorySegment record = arena.allocateFrom(ValueLayout.JAVA_BYTE, padded);
			Linux.call(SystemCall.PWRITE64, this.file.toString(), open.number(), record.address(), padded.length, 0);
		}
	}

	/**
	 * What was written last.
	 * @return empty if nothing was, or the file is damaged
	 */
	Optional<ContainerState> read() {
		try {
			return Optional.of(parse(Files.readAllBytes(this.file)));
		}
		catch (NoSuchFileException | JacksonException | DateTimeException | IllegalArgumentException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + this.file + ": " + ex.getMessage(), ex);
		}
	}

	private static byte[] json(ContainerState state) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
			json.writeStartObject();
			json.writeStringProperty("phase", state.phase().name());
			json.writeNumberProperty("pid", state.pid());
			json.writeNumberProperty("exitCode", state.exitCode());
			json.writeBooleanProperty("oomKilled", state.oomKilled());
			json.writeStringProperty("error", shortened(state.error()));
			json.writeStringProperty("startedAt", text(state.startedAt()));
			json.writeStringProperty("finishedAt", text(state.finishedAt()));
			json.writeEndObject();
		}
		return bytes.toByteArray();
	}

	private static ContainerState parse(byte[] bytes) {
		ContainerState.Phase phase = ContainerState.Phase.CREATED;
		int pid = 0;
		int exitCode = 0;
		boolean oomKilled = false;
		String error = "";
		Instant startedAt = null;
		Instant finishedAt = null;
		try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
			if (json.nextToken() != JsonToken.START_OBJECT) {
				throw new IllegalArgumentException("not a state");
			}
			for (String name = json.nextName(); name != null; name = json.nextName()) {
				json.nextToken();
				switch (name) {
					case "phase" -> phase = ContainerState.Phase.valueOf(json.getString());
					case "pid" -> pid = json.getIntValue();
					case "exitCode" -> exitCode = json.getIntValue();
					case "oomKilled" -> oomKilled = json.getBooleanValue();
					case "error" -> error = json.getString();
					case "startedAt" -> startedAt = instant(json.getString());
					case "finishedAt" -> finishedAt = instant(json.getString());
					default -> json.skipChildren();
				}
			}
		}
		return new ContainerState(phase, pid, exitCode, oomKilled, error, startedAt, finishedAt);
	}

	private static String shortened(String error) {
		return (error.length() <= LONGEST_ERROR) ? error : error.substring(0, LONGEST_ERROR) + "…";
	}

	private static String text(@Nullable Instant time) {
		return (time != null) ? time.toString() : "";
	}

	private static @Nullable Instant instant(String text) {
		return text.isEmpty() ? null : Instant.parse(text);
	}

}
