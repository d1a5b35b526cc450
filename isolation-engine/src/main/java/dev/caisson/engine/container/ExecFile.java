package dev.caisson.engine.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.spec.ExecSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What an exec instance was created with, on disk: its creation was acknowledged. */
final class ExecFile {

	private static final JsonFactory JSON = new JsonFactory();

	private ExecFile() {
	}

	static void write(Path file, ExecSpec spec) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
			json.writeStartObject();
			writeList(json, "arguments", spec.arguments());
			writeList(json, "environment", spec.environment());
			json.writeStringProperty("workingDirectory", spec.workingDirectory());
			json.writeStringProperty("user", spec.user());
			json.writeBooleanProperty("terminal", spec.terminal());
			json.writeBooleanProperty("openStdin", spec.openStdin());
			json.writeBooleanProperty("privileged", spec.privileged());
			json.writeObjectPropertyStart("notes");
			spec.notes().forEach(json::writeStringProperty);
			json.writeEndObject();
			json.writeEndObject();
		}
		try {
			Files.createDirectories(file.getParent());
			Files.write(file, bytes.toByteArray());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("write " + file + ": " + ex.getMessage(), ex);
		}
	}

	private static void writeList(JsonGenerator json, String name, List<String> values) {
		json.writeArrayPropertyStart(name);
		values.forEach(json::writeString);
		json.writeEndArray();
	}

	/**
	 * @return empty if it was not written to its end
	 */
	static Optional<ExecSpec> read(Path file) {
		try {
			return Optional.of(parse(Files.readAllBytes(file)));
		}
		catch (NoSuchFileException | JacksonException | InvalidSpecException ex) {
			return Optional.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("read " + file + ": " + ex.getMessage(), ex);
		}
	}

	private static ExecSpec parse(byte[] bytes) {
		List<String> arguments = List.of();
		List<String> environment = List.of();
		String workingDirectory = "";
		String user = "";
		boolean terminal = false;
		boolean openStdin = false;
		boolean privileged = false;
		Map<String, String> notes = Map.of();
		try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes)) {
			json.nextToken();
			for (String name = json.nextName(); name != null; name = json.nextName()) {
				JsonToken value = json.nextToken();
				switch (name) {
					case "arguments" -> arguments = list(json);
					case "environment" -> environment = list(json);
					case "workingDirectory" -> workingDirectory = json.getString();
					case "user" -> user = json.getString();
					case "terminal" -> terminal = value == JsonToken.VALUE_TRUE;
					case "openStdin" -> openStdin = value == JsonToken.VALUE_TRUE;
					case "privileged" -> privileged = value == JsonToken.VALUE_TRUE;
					case "notes" -> notes = map(json);
					default -> json.skipChildren();
				}
			}
		}
		return new ExecSpec(arguments, environment, workingDirectory, user, terminal, openStdin, privileged, notes);
	}

	private static Map<String, String> map(JsonParser json) {
		Map<String, String> values = new HashMap<>();
		for (String name = json.nextName(); name != null; name = json.nextName()) {
			json.nextToken();
			values.put(name, json.getString());
		}
		return values;
	}

	private static List<String> list(JsonParser json) {
		List<String> values = new ArrayList<>();
		while (json.nextToken() == JsonToken.VALUE_STRING) {
			values.add(json.getString());
		}
		return values;
	}

}
