package dev.caisson.platform.container.definition;

import dev.caisson.engine.spec.InvalidSpecException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON as Docker's API reads it: unknown fields are ignored, null is the same as absent,
 * names may be written in any case, and a value of the wrong type is refused, never
 * converted.
 */
public final class DockerJson {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
		.disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.withCoercionConfig(LogicalType.Textual,
				(texts) -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
		.build();

	private DockerJson() {
	}

	/**
	 * Reads a text.
	 * @throws InvalidSpecException if it is no JSON
	 */
	static JsonNode tree(byte[] text) {
		try {
			return MAPPER.readTree(text);
		}
		catch (JacksonException ex) {
			throw new InvalidSpecException("body", "invalid JSON: " + ex.getOriginalMessage());
		}
	}

	/**
	 * Reads a value.
	 * @param where the field that the value comes from; empty for the whole body
	 * @throws InvalidSpecException naming the field whose type is wrong
	 */
	static <T> T read(JsonNode tree, String where, Class<T> type) {
		try {
			return MAPPER.treeToValue(tree, type);
		}
		catch (JacksonException ex) {
			throw refusal(where, ex);
		}
	}

	static <T> T read(String text, Class<T> type) {
		return MAPPER.readValue(text, type);
	}

	static String write(Object value) {
		return MAPPER.writeValueAsString(value);
	}

	/** The value as a tree, for those who add fields to it. */
	public static JsonNode toTree(Object value) {
		return MAPPER.valueToTree(value);
	}

	private static InvalidSpecException refusal(String where, JacksonException cause) {
		StringBuilder field = new StringBuilder(where);
		for (JacksonException.Reference reference : cause.getPath()) {
			String name = (reference.getPropertyName() != null) ? reference.getPropertyName()
					: Integer.toString(reference.getIndex());
			field.append(field.isEmpty() ? "" : ".").append(name);
		}
		// a record's own check speaks for itself
		for (Throwable reason = cause.getCause(); reason != null; reason = reason.getCause()) {
			if (reason instanceof InvalidSpecException own) {
				return own;
			}
		}
		return new InvalidSpecException(field.toString(),
				"invalid JSON: field " + field + " has a value of the wrong type");
	}

}
