package dev.caisson.engine.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A container's state on disk, replaced as a whole: whoever reads it sees one that was
 * true, whenever the service was killed.
 */
final class StateFile {

	private static final JsonFactory JSON = new JsonFactory();

	private final Path file;

	StateFile(Path file) {
		this.file = file;
	}

	void write(ContainerState state) {
		Path next = this.file.resolveSibling(this.file.getFileName() + ".new");
		try {
			Files.write(next, json(state));
			Files.move(next, this.file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write " + this.file + ": " + ex.getMessage(), ex);
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
			json.writeStringProperty("error", state.error());
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

	private static String text(@Nullable Instant time) {
		return (time != null) ? time.toString() : "";
	}

	private static @Nullable Instant instant(String text) {
		return text.isEmpty() ? null : Instant.parse(text);
	}

}
