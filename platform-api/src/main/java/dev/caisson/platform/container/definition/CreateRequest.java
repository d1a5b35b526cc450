package dev.caisson.platform.container.definition;

import java.util.Map;
import java.util.TreeMap;

import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The body of a create request: Docker's ContainerConfig, with HostConfig and
 * NetworkingConfig beside its fields.
 *
 * @param config what does not depend on the host
 * @param hostConfig what does
 * @param endpoints settings per network, kept as they came
 */
public record CreateRequest(ContainerConfig config, HostConfig hostConfig, Map<String, EndpointSettings> endpoints) {

	/**
	 * Parses a body.
	 * @throws InvalidSpecException if it is no JSON object, or a field has the wrong type
	 */
	public static CreateRequest parse(byte[] body) {
		if (body.length == 0) {
			throw new InvalidSpecException("body", "invalid JSON: got EOF while reading request body");
		}
		JsonNode tree = DockerJson.tree(body);
		if (tree.isNull()) {
			throw new InvalidSpecException("body", "config cannot be empty in order to create a container");
		}
		if (!tree.isObject()) {
			throw new InvalidSpecException("body", "invalid JSON: the body must be an object");
		}
		ContainerConfig config = DockerJson.read(tree, "", ContainerConfig.class);
		Parts parts = DockerJson.read(tree, "", Parts.class);
		HostConfig hostConfig = DockerJson.read(parts.hostConfig(), "HostConfig", HostConfig.class);
		Networking networking = DockerJson.read(parts.networkingConfig(), "NetworkingConfig", Networking.class);
		Map<String, EndpointSettings> endpoints = new TreeMap<>();
		networking.endpointsConfig()
			.forEach((network, settings) -> endpoints.put(network,
					EndpointSettings.parse("NetworkingConfig.EndpointsConfig." + network, settings)));
		return new CreateRequest(config, hostConfig, endpoints);
	}

	/** What stands beside the fields of the configuration. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	record Parts(JsonNode hostConfig, JsonNode networkingConfig) {

		Parts {
			hostConfig = orEmpty("HostConfig", hostConfig);
			networkingConfig = orEmpty("NetworkingConfig", networkingConfig);
		}

		private static JsonNode orEmpty(String field, @Nullable JsonNode value) {
			if (value == null || value.isMissingNode() || value.isNull()) {
				return JsonNodeFactory.instance.objectNode();
			}
			if (!value.isObject()) {
				throw new InvalidSpecException(field,
						"invalid JSON: field " + field + " has a value of the wrong type");
			}
			return value;
		}

	}

	/** The shape of NetworkingConfig. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	record Networking(Map<String, JsonNode> endpointsConfig) {

		Networking {
			endpointsConfig = Absent.map(endpointsConfig);
		}

	}

}
