package dev.caisson.platform.container;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** Docker's ContainerSummary: a line of a list. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ContainerSummary(@JsonProperty("Id") String id, @JsonProperty("Names") List<String> names,
		@JsonProperty("Image") String image, @JsonProperty("ImageID") String imageId,
		@JsonProperty("Command") String command, @JsonProperty("Created") long created,
		@JsonProperty("Ports") List<PortView> ports, @JsonProperty("SizeRw") @Nullable Long sizeRw,
		@JsonProperty("SizeRootFs") @Nullable Long sizeRootFs, @JsonProperty("Labels") Map<String, String> labels,
		@JsonProperty("State") String state, @JsonProperty("Status") String status,
		@JsonProperty("HostConfig") HostView hostConfig, @JsonProperty("NetworkSettings") NetworkView networkSettings,
		@JsonProperty("Mounts") List<MountView> mounts) {

	static ContainerSummary of(ContainerEntry entry, String image, ContainerSizes.@Nullable Sizes sizes,
			ContainerNetworks networks, Instant now) {
		return new ContainerSummary(entry.id().value(), List.of("/" + entry.name()), image, entry.imageId().toString(),
				command(entry.definition().config().commandLine()), entry.created().getEpochSecond(),
				PortView.of(entry, networks), (sizes != null) ? sizes.own() : null,
				(sizes != null) ? sizes.own() + sizes.image() : null, entry.definition().config().labels(),
				StatusText.word(entry), StatusText.sentence(entry, now),
				new HostView(entry.definition().hostConfig().networkMode()), new NetworkView(networks.views(entry)),
				entry.definition().mounts().stream().map(MountView::of).toList());
	}

	/** As a person would type it: an argument with a space is quoted. */
	private static String command(List<String> arguments) {
		List<String> words = new ArrayList<>();
		for (String argument : arguments) {
			words.add((argument.isEmpty() || argument.indexOf(' ') >= 0) ? "'" + argument + "'" : argument);
		}
		return String.join(" ", words);
	}

	/** A port that is published or just declared. */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record PortView(@JsonProperty("IP") @Nullable String address, @JsonProperty("PrivatePort") int privatePort,
			@JsonProperty("PublicPort") @Nullable Integer publicPort, @JsonProperty("Type") String type) {

		static List<PortView> of(ContainerEntry entry, ContainerNetworks networks) {
			List<PortView> views = new ArrayList<>();
			networks.ports(entry).forEach((port, bindings) -> {
				String[] parts = port.split("/", 2);
				if (!parts[0].matches("\\d+")) {
					return;
				}
				int number = Integer.parseInt(parts[0]);
				if (bindings == null) {
					views.add(new PortView(null, number, null, parts[1]));
					return;
				}
				bindings.forEach((binding) -> views
					.add(new PortView(binding.hostIp(), number, Integer.valueOf(binding.hostPort()), parts[1])));
			});
			return views;
		}

	}

	/** What a list shows of HostConfig. */
	record HostView(@JsonProperty("NetworkMode") String networkMode) {
	}

	/** What a list shows of the networks. */
	record NetworkView(@JsonProperty("Networks") Map<String, EndpointView> networks) {
	}

}
