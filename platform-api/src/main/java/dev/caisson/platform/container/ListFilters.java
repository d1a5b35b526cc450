package dev.caisson.platform.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Filters of a list, in both forms that clients send: {@code {"label":{"a=b":true}}} and
 * {@code {"label":["a=b"]}}.
 *
 * @param values by name
 */
record ListFilters(Map<String, List<String>> values) {

	private static final JsonMapper JSON = new JsonMapper();

	/**
	 * @throws BadParameterException if it is neither form
	 */
	static ListFilters parse(@Nullable String text) {
		Map<String, List<String>> values = new LinkedHashMap<>();
		if (text == null || text.isBlank()) {
			return new ListFilters(values);
		}
		JsonNode tree = read(text);
		if (!tree.isObject()) {
			throw malformed();
		}
		for (var property : tree.properties()) {
			values.put(property.getKey(), words(property.getValue()));
		}
		return new ListFilters(values);
	}

	private static JsonNode read(String text) {
		try {
			return JSON.readTree(text);
		}
		catch (JacksonException ex) {
			throw malformed();
		}
	}

	private static List<String> words(JsonNode node) {
		List<String> words = new ArrayList<>();
		if (node.isObject()) {
			node.properties().forEach((property) -> {
				if (property.getValue().asBoolean(false)) {
					words.add(property.getKey());
				}
			});
		}
		else if (node.isArray()) {
			for (JsonNode element : node) {
				if (!element.isString()) {
					throw malformed();
				}
				words.add(element.stringValue());
			}
		}
		else {
			throw malformed();
		}
		return words;
	}

	private static BadParameterException malformed() {
		return new BadParameterException("invalid filter: use {\"name\":[\"value\"]}");
	}

	/** This and another value, if there is one. */
	ListFilters and(String name, @Nullable String value) {
		if (value == null || value.isEmpty()) {
			return this;
		}
		Map<String, List<String>> more = new LinkedHashMap<>(this.values);
		List<String> words = new ArrayList<>(of(name));
		words.add(value);
		more.put(name, words);
		return new ListFilters(more);
	}

	List<String> of(String name) {
		return this.values.getOrDefault(name, List.of());
	}

	boolean has(String name) {
		return !of(name).isEmpty();
	}

}
