package dev.caisson.platform.network;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.server.ListFilters;
import dev.caisson.platform.server.QueryFlag;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Networks, but for who is on them. */
@RestController
@RequestMapping("/networks")
final class NetworkController {

	private final NetworkService service;

	private final Members members;

	NetworkController(NetworkService service, Members members) {
		this.service = service;
		this.members = members;
	}

	@GetMapping({ "", "/" })
	List<NetworkView> list(@RequestParam(required = false) @Nullable String filters) {
		Predicate<Network> filter = NetworkFilter.listed(ListFilters.parse(filters), this.members);
		return this.service.all()
			.stream()
			.filter(filter)
			.sorted(Comparator.comparing(Network::name))
			// who is on a network is shown to those alone who ask for this one
			.map((network) -> NetworkView.of(network, Collections.emptySortedMap()))
			.toList();
	}

	@GetMapping("/{reference}")
	NetworkView inspect(@PathVariable String reference, @RequestParam(defaultValue = "") String scope) {
		if (!scope.isEmpty() && !scope.equals("local")) {
			throw NetworkRefusedException.notFound(reference);
		}
		Network network = this.service.find(reference);
		return NetworkView.of(network, new TreeMap<>(this.members.of(network.id())));
	}

	@PostMapping("/create")
	@ResponseStatus(HttpStatus.CREATED)
	CreatedView create(@RequestBody Creation creation) {
		creation.refuseSwarm();
		return new CreatedView(this.service.create(creation.definition()).id().value(), "");
	}

	@DeleteMapping("/{reference}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void remove(@PathVariable String reference) {
		this.service.remove(this.service.find(reference), this.members);
	}

	@PostMapping("/prune")
	PrunedView prune(@RequestParam(required = false) @Nullable String filters) {
		return new PrunedView(this.service.prune(NetworkFilter.pruned(ListFilters.parse(filters)), this.members));
	}

	/** Docker's NetworkCreateRequest. */
	record Creation(@JsonProperty("Name") @Nullable String name, @JsonProperty("Driver") @Nullable String driver,
			@JsonProperty("Scope") @Nullable String scope, @JsonProperty("EnableIPv4") @Nullable Boolean enableIpv4,
			@JsonProperty("EnableIPv6") @Nullable Boolean enableIpv6,
			@JsonProperty("Internal") @Nullable Boolean internal,
			@JsonProperty("Attachable") @Nullable Boolean attachable,
			@JsonProperty("Ingress") @Nullable Boolean ingress,
			@JsonProperty("ConfigOnly") @Nullable Boolean configOnly,
			@JsonProperty("Options") java.util.@Nullable Map<String, @Nullable String> options,
			@JsonProperty("Labels") java.util.@Nullable Map<String, @Nullable String> labels,
			@JsonProperty("IPAM") NetworkDefinition.@Nullable Ipam ipam) {

		private void refuseSwarm() {
			if (Boolean.TRUE.equals(this.ingress) || Boolean.TRUE.equals(this.configOnly)) {
				throw NetworkRefusedException
					.invalid((Boolean.TRUE.equals(this.ingress) ? "Ingress" : "ConfigOnly") + " is for swarms alone");
			}
			if (this.scope != null && !this.scope.isEmpty() && !this.scope.equals("local")) {
				throw NetworkRefusedException
					.invalid("Scope: the scope " + this.scope + " is not supported; use local");
			}
		}

		@SuppressWarnings("NullAway") // the record's own check takes null for what is
										// left out
		private NetworkDefinition definition() {
			return new NetworkDefinition(this.name, this.driver, this.enableIpv4, this.enableIpv6, this.internal,
					this.attachable, this.options, this.labels, this.ipam);
		}

	}

	/** Docker's NetworkCreateResponse. */
	record CreatedView(@JsonProperty("Id") String id, @JsonProperty("Warning") String warning) {
	}

	/** Docker's NetworkPruneResponse. */
	record PrunedView(@JsonProperty("NetworksDeleted") List<String> deleted) {
	}

}
