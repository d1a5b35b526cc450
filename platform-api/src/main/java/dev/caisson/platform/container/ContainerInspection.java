package dev.caisson.platform.container;

import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

import dev.caisson.engine.container.ContainerState;
import dev.caisson.platform.CaissonSettings;
import dev.caisson.platform.container.InspectedContainer.GraphView;
import dev.caisson.platform.container.InspectedContainer.HealthView;
import dev.caisson.platform.container.InspectedContainer.NetworkView;
import dev.caisson.platform.container.InspectedContainer.StateView;
import dev.caisson.platform.container.definition.DockerJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.stereotype.Component;

/** Shows everything of one container. */
@Component
final class ContainerInspection {

	/** What Go writes for a time that never was. */
	private static final String NEVER = "0001-01-01T00:00:00Z";

	private final Path containers;

	private final ContainerSizes sizes;

	private final ContainerNetworks networks;

	ContainerInspection(CaissonSettings settings, ContainerSizes sizes, ContainerNetworks networks) {
		this.networks = networks;
		this.containers = settings.dataRoot().toAbsolutePath().normalize().resolve("containers");
		this.sizes = sizes;
	}

	InspectedContainer inspect(ContainerEntry entry, boolean withSize) {
		List<String> command = entry.definition().config().commandLine();
		Path directory = this.containers.resolve(entry.id().value());
		ContainerSizes.Sizes size = withSize ? this.sizes.of(entry) : null;
		return new InspectedContainer(entry.id().value(), time(entry.created()), command.getFirst(),
				command.subList(1, command.size()), state(entry), entry.imageId().toString(),
				directory.resolve("resolv.conf").toString(), directory.resolve("hostname").toString(),
				directory.resolve("hosts").toString(), logPath(entry), "/" + entry.name(), entry.restarts().count(),
				"overlayfs", "linux", "", "", "", execIds(entry), DockerJson.toTree(entry.definition().hostConfig()),
				new GraphView("overlayfs",
						Map.of("UpperDir", directory.resolve("upper").toString(), "WorkDir",
								directory.resolve("work").toString())),
				(size != null) ? size.own() : null, (size != null) ? size.own() + size.image() : null,
				entry.definition().mounts().stream().map(MountView::of).toList(), config(entry),
				NetworkView.of(entry, this.networks));
	}

	/** Other drivers' files are nobody's business. */
	private static String logPath(ContainerEntry entry) {
		return entry.definition().hostConfig().logConfig().type().equals("json-file")
				? entry.container().logFile().toString() : "";
	}

	/** Null, not an empty list, as Docker shows it. */
	private static @Nullable List<String> execIds(ContainerEntry entry) {
		List<String> ids = entry.container().execs().stream().map((exec) -> exec.id().value()).toList();
		return ids.isEmpty() ? null : ids;
	}

	/** The host name is shown although the request left it open. */
	private static JsonNode config(ContainerEntry entry) {
		ObjectNode config = (ObjectNode) DockerJson.toTree(entry.definition().config());
		if (!entry.definition().hostConfig().networkMode().startsWith("container:")) {
			config.put("Hostname", entry.hostname());
		}
		return config;
	}

	private static StateView state(ContainerEntry entry) {
		ContainerState state = entry.state();
		boolean restarting = entry.restarts().isWaiting();
		return new StateView(StatusText.word(entry), state.phase().isLive() || restarting,
				state.phase() == ContainerState.Phase.PAUSED, restarting, state.oomKilled(), false, state.pid(),
				state.exitCode(), state.error(), time(state.startedAt()), time(state.finishedAt()),
				HealthView.of(entry.health()));
	}

	private static String time(@Nullable Instant instant) {
		return (instant != null) ? DateTimeFormatter.ISO_INSTANT.format(instant) : NEVER;
	}

}
