package dev.caisson.platform.event;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.caisson.persistence.event.EventRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Events as clients, the database and the spool have them. */
final class EventForm {

	private static final JsonMapper JSON = new JsonMapper();

	private static final TypeReference<Map<String, String>> ATTRIBUTES = new TypeReference<>() {
	};

	private static final long NANOS = 1_000_000_000;

	private EventForm() {
	}

	/**
	 * Docker's EventMessage. The first fields are from before there were actors; old
	 * clients read them still.
	 */
	static byte[] message(Event event) {
		Map<String, Object> message = new LinkedHashMap<>();
		boolean container = event.type().equals("container");
		if (container || event.type().equals("image")) {
			message.put("status", event.action());
			message.put("id", event.actorId());
		}
		if (container) {
			message.put("from", event.attributes().getOrDefault("image", ""));
		}
		message.put("Type", event.type());
		message.put("Action", event.action());
		message.put("Actor", Map.of("ID", event.actorId(), "Attributes", event.attributes()));
		message.put("scope", "local");
		message.put("time", event.time().getEpochSecond());
		message.put("timeNano", nanos(event.time()));
		return JSON.writeValueAsBytes(message);
	}

	static EventRecord record(Event event) {
		return new EventRecord(event.sequence(), event.time(), event.type(), event.action(), event.actorId(),
				JSON.writeValueAsString(event.attributes()));
	}

	static Event event(EventRecord record) {
		return new Event(record.sequence(), record.happened(), record.type(), record.action(), record.actor(),
				JSON.readValue(record.attributes(), ATTRIBUTES));
	}

	/** One line, with its end. */
	static byte[] line(Event event) {
		Line line = new Line(event.sequence(), nanos(event.time()), event.type(), event.action(), event.actorId(),
				event.attributes());
		return (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Reads a line.
	 * @throws JacksonException if it is damaged
	 */
	static Event event(String text) {
		Line line = JSON.readValue(text, Line.class);
		return new Event(line.sequence(),
				Instant.ofEpochSecond(Math.floorDiv(line.nanos(), NANOS), Math.floorMod(line.nanos(), NANOS)),
				line.type(), line.action(), line.actor(), line.attributes());
	}

	private static long nanos(Instant time) {
		return Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOS), time.getNano());
	}

	/** An event in the spool. */
	private record Line(long sequence, long nanos, String type, String action, String actor,
			Map<String, String> attributes) {
	}

}
