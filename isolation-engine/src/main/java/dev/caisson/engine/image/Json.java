package dev.caisson.engine.image;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON value out of an archive, asked for by what it has to be. What is missing or null
 * is empty; what is of another type is refused with its name, for an archive may hold
 * anything.
 *
 * @param node the value
 * @param name where it stands, for messages
 */
record Json(JsonNode node, String name) {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	static Json parse(byte[] bytes, String name) {
		try {
			JsonNode node = MAPPER.readTree(bytes);
			return new Json((node != null) ? node : MAPPER.nullNode(), name);
		}
		catch (JacksonException ex) {
			throw new InvalidImageException(name + ": malformed JSON: " + ex.getOriginalMessage(), ex);
		}
	}

	/** A field of this object; what is missing is null. */
	Json get(String field) {
		if (isNull()) {
			return this;
		}
		if (!this.node.isObject()) {
			throw refused("an object");
		}
		JsonNode value = this.node.get(field);
		return new Json((value != null) ? value : MAPPER.nullNode(), this.name + "." + field);
	}

	boolean isNull() {
		return this.node.isNull();
	}

	String text() {
		if (isNull()) {
			return "";
		}
		if (!this.node.isString()) {
			throw refused("a string");
		}
		return this.node.stringValue();
	}

	boolean flag() {
		if (!isNull() && !this.node.isBoolean()) {
			throw refused("true or false");
		}
		return !isNull() && this.node.booleanValue();
	}

	@Nullable Integer integer() {
		if (isNull()) {
			return null;
		}
		if (!this.node.isInt()) {
			throw refused("a number");
		}
		return this.node.intValue();
	}

	long number() {
		if (!this.node.isIntegralNumber() || !this.node.canConvertToLong()) {
			throw refused("a number");
		}
		return this.node.longValue();
	}

	@Nullable Instant time() {
		String text = text();
		try {
			return text.isEmpty() ? null : OffsetDateTime.parse(text).toInstant();
		}
		catch (DateTimeException ex) {
			throw refused("a time");
		}
	}

	Digest digest() {
		try {
			Digest digest = Digest.parse(text());
			if (!digest.algorithm().equals(Digest.SHA256)) {
				throw new InvalidImageException(this.name + ": unsupported digest algorithm: " + digest.algorithm());
			}
			return digest;
		}
		catch (IllegalArgumentException ex) {
			throw refused("a digest");
		}
	}

	List<Json> elements() {
		if (isNull()) {
			return List.of();
		}
		if (!this.node.isArray()) {
			throw refused("a list");
		}
		List<Json> elements = new ArrayList<>();
		this.node.forEach((element) -> elements.add(new Json(element, this.name + "[" + elements.size() + "]")));
		return elements;
	}

	List<String> texts() {
		return elements().stream().map(Json::text).toList();
	}

	/** A list that may be a single string, or null if there is none. */
	@Nullable List<String> command() {
		if (isNull()) {
			return null;
		}
		return this.node.isString() ? List.of(text()) : texts();
	}

	/** The fields of this object, in order. */
	Map<String, Json> fields() {
		if (!isNull() && !this.node.isObject()) {
			throw refused("an object");
		}
		Map<String, Json> fields = new LinkedHashMap<>();
		this.node.properties()
			.forEach((field) -> fields.put(field.getKey(),
					new Json(field.getValue(), this.name + "." + field.getKey())));
		return fields;
	}

	private InvalidImageException refused(String wanted) {
		return new InvalidImageException(this.name + ": must be " + wanted);
	}

}
