package dev.caisson.platform.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The structure of the Docker Engine API's answers, version 1.51: types, required fields,
 * enumerations. Objects are closed: a field that Docker does not know is an error.
 */
public final class DockerSchema {

	private static final JsonMapper JSON = new JsonMapper();

	private static final SchemaRegistry REGISTRY = SchemaRegistry
		.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

	private static final ObjectNode DEFINITIONS = read();

	private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();

	private DockerSchema() {
	}

	/**
	 * Fails unless the answer is what Docker defines.
	 * @param definition a name of the API description: {@code ContainerInspectResponse}
	 */
	public static void assertValid(String definition, String json) {
		check(definition, JSON.readTree(json));
	}

	/** Fails unless the answer is an array of what Docker defines. */
	public static void assertEachValid(String definition, String json) {
		JsonNode array = JSON.readTree(json);
		assertThat(array.isArray()).as("an array: %s", json).isTrue();
		array.forEach((element) -> check(definition, element));
	}

	private static void check(String definition, JsonNode node) {
		assertThat(COMPILED.computeIfAbsent(definition, DockerSchema::compile).validate(node))
			.as("%s against %s", node, definition)
			.isEmpty();
	}

	private static Schema compile(String definition) {
		assertThat(DEFINITIONS.path("$defs").has(definition)).as("definition %s", definition).isTrue();
		return REGISTRY.getSchema(DEFINITIONS.deepCopy().put("$ref", "#/$defs/" + definition));
	}

	private static ObjectNode read() {
		try (InputStream file = DockerSchema.class.getResourceAsStream("docker-api-1.51.json")) {
			return (ObjectNode) JSON.readTree(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
