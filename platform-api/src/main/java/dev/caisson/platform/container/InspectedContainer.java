package dev.caisson.platform.container;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.container.definition.HostConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Docker's ContainerInspectResponse. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record InspectedContainer(@JsonProperty("Id") String id, @JsonProperty("Created") String created,
		@JsonProperty("Path") String path, @JsonProperty("Args") List<String> args,
		@JsonProperty("State") StateView state, @JsonProperty("Image") String image,
		@JsonProperty("ResolvConfPath") String resolvConfPath, @JsonProperty("HostnamePath") String hostnamePath,
		@JsonProperty("HostsPath") String hostsPath, @JsonProperty("LogPath") String logPath,
		@JsonProperty("Name") String name, @JsonProperty("RestartCount") int restartCount,
		@JsonProperty("Driver") String driver, @JsonProperty("Platform") String platform,
		@JsonProperty("MountLabel") String mountLabel, @JsonProperty("ProcessLabel") String processLabel,
		@JsonProperty("AppArmorProfile") String appArmorProfile,
		@JsonProperty("ExecIDs") @Nullable List<String> execIds, @JsonProperty("HostConfig") JsonNode hostConfig,
		@JsonProperty("GraphDriver") GraphView graphDriver, @JsonProperty("SizeRw") @Nullable Long sizeRw,
		@JsonProperty("SizeRootFs") @Nullable Long sizeRootFs, @JsonProperty("Mounts") List<MountView> mounts,
		@JsonProperty("Config") JsonNode config, @JsonProperty("NetworkSettings") NetworkView networkSettings) {

	/** Docker's ContainerState. */
	record StateView(@JsonProperty("Status") String status, @JsonProperty("Running") boolean running,
			@JsonProperty("Paused") boolean paused, @JsonProperty("Restarting") boolean restarting,
			@JsonProperty("OOMKilled") boolean oomKilled, @JsonProperty("Dead") boolean dead,
			@JsonProperty("Pid") int pid, @JsonProperty("ExitCode") int exitCode, @JsonProperty("Error") String error,
			@JsonProperty("StartedAt") String startedAt, @JsonProperty("FinishedAt") String finishedAt,
			@JsonProperty("Health") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable HealthView health) {
	}

	/** Docker's Health. */
	record HealthView(@JsonProperty("Status") String status, @JsonProperty("FailingStreak") int failingStreak,
			@JsonProperty("Log") List<Health.Probe> log) {

		static @Nullable HealthView of(@Nullable Health health) {
			return (health != null) ? new HealthView(health.status().word(), health.failingStreak(), health.log())
					: null;
		}

	}

	/** Docker's DriverData. */
	record GraphView(@JsonProperty("Name") String name, @JsonProperty("Data") Map<String, String> data) {
	}

	/** Docker's NetworkSettings. */
	record NetworkView(@JsonProperty("Bridge") String bridge, @JsonProperty("SandboxID") String sandboxId,
			@JsonProperty("SandboxKey") String sandboxKey,
			@JsonProperty("Ports") Map<String, @Nullable List<HostConfig.PortBinding>> ports,
			@JsonProperty("HairpinMode") boolean hairpinMode,
			@JsonProperty("LinkLocalIPv6Address") String linkLocalAddress,
			@JsonProperty("LinkLocalIPv6PrefixLen") int linkLocalPrefixLength,
			@JsonProperty("EndpointID") String endpointId, @JsonProperty("Gateway") String gateway,
			@JsonProperty("IPAddress") String address, @JsonProperty("IPPrefixLen") int prefixLength,
			@JsonProperty("IPv6Gateway") String gateway6, @JsonProperty("GlobalIPv6Address") String address6,
			@JsonProperty("GlobalIPv6PrefixLen") int prefixLength6, @JsonProperty("MacAddress") String macAddress,
			@JsonProperty("Networks") Map<String, EndpointView> networks) {

		/** The addresses at the top are, as of old, those on the default network. */
		static NetworkView of(ContainerEntry entry, ContainerNetworks networks) {
			Map<String, EndpointView> views = networks.views(entry);
			EndpointView bridge = views.get("bridge");
			boolean own = entry.isLive() && !networks.endpoints(entry).isEmpty();
			// the namespace has no file of its own: this is where whoever may enter it
			// finds it
			String key = own ? "/proc/" + entry.state().pid() + "/ns/net" : "";
			Map<String, @Nullable List<HostConfig.PortBinding>> ports = networks.ports(entry);
			if (bridge == null) {
				return new NetworkView("", own ? entry.id().value() : "", key, ports, false, "", 0, "", "", "", 0, "",
						"", 0, "", views);
			}
			return new NetworkView("", own ? entry.id().value() : "", key, ports, false, "", 0, bridge.endpointId(),
					bridge.gateway(), bridge.address(), bridge.prefixLength(), bridge.gateway6(), bridge.address6(),
					bridge.prefixLength6(), bridge.macAddress(), views);
		}

	}

}
