package dev.caisson.platform.container;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.container.definition.EndpointSettings;
import dev.caisson.platform.network.NetworkService;
import dev.caisson.platform.server.BadParameterException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Brings containers onto networks and takes them off. */
@RestController
@RequestMapping("/networks/{network}")
final class ConnectController {

	private final ContainerRegistry registry;

	private final NetworkService networks;

	private final Connections connections;

	ConnectController(ContainerRegistry registry, NetworkService networks, Connections connections) {
		this.registry = registry;
		this.networks = networks;
		this.connections = connections;
	}

	@PostMapping("/connect")
	void connect(@PathVariable String network, @RequestBody Connection request) {
		this.connections.connect(this.registry.find(request.reference()), this.networks.find(network),
				EndpointSettings.parse("EndpointConfig", request.settings()));
	}

	@PostMapping("/disconnect")
	void disconnect(@PathVariable String network, @RequestBody Connection request) {
		this.connections.disconnect(this.registry.find(request.reference()), this.networks.find(network));
	}

	/** Docker's NetworkConnectRequest and NetworkDisconnectRequest. */
	record Connection(@JsonProperty("Container") @Nullable String container,
			@JsonProperty("EndpointConfig") @Nullable JsonNode settings,
			@JsonProperty("Force") @Nullable Boolean force) {

		private String reference() {
			if (this.container == null || this.container.isEmpty()) {
				throw new BadParameterException("invalid name or ID supplied: \"\"");
			}
			return this.container;
		}

	}

}
