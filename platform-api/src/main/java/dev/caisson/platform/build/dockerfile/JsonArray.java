package dev.caisson.platform.build.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The exec form: a JSON array of strings. What is no JSON is taken for the shell form.
 */
final class JsonArray {

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private JsonArray() {
	}

	static boolean looksLike(String text) {
		return text.startsWith("[");
	}

	/**
	 * The array's strings; empty if it is not an array.
	 * @throws DockerfileException if it is an array of something else
	 */
	static Optional<List<String>> parse(Line line, String text) {
		if (!looksLike(text)) {
			return Optional.empty();
		}
		try {
			return Optional.of(strings(line, JSON.readTree(text)));
		}
		catch (JacksonException ex) {
			return Optional.empty();
		}
	}

	private static List<String> strings(Line line, JsonNode array) {
		List<String> strings = new ArrayList<>();
		for (JsonNode element : array) {
			if (!element.isString()) {
				throw line.refuse("when using JSON array syntax, arrays must be comprised of strings only");
			}
			strings.add(element.stringValue());
		}
		return strings;
	}

}
