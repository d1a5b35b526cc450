package dev.caisson.platform.container.definition;

import java.util.List;

import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of an update: limits and the restart policy that shall be others from now on.
 * What is missing, zero or empty stays as it is.
 */
public final class UpdateRequest {

	/** What Docker changes of a container that exists. */
	private static final List<String> CHANGEABLE = List.of("BlkioWeight", "CpuShares", "NanoCpus", "CpuPeriod",
			"CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime", "CpusetCpus", "CpusetMems", "Memory", "MemorySwap",
			"MemoryReservation", "PidsLimit");

	private final HostConfig wanted;

	private final ObjectNode changes;

	private final boolean restartPolicy;

	private UpdateRequest(HostConfig wanted, ObjectNode changes, boolean restartPolicy) {
		this.wanted = wanted;
		this.changes = changes;
		this.restartPolicy = restartPolicy;
	}

	/**
	 * Parses a body.
	 * @throws InvalidSpecException if it is no JSON object, or a field has the wrong type
	 */
	public static UpdateRequest parse(byte[] body) {
		JsonNode tree = (body.length == 0) ? DockerJson.tree("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
				: DockerJson.tree(body);
		if (!tree.isObject()) {
			throw new InvalidSpecException("body", "invalid JSON: the body must be an object");
		}
		HostConfig wanted = DockerJson.read(tree, "", HostConfig.class);
		Given given = DockerJson.read(tree, "", Given.class);
		ObjectNode all = (ObjectNode) DockerJson.toTree(wanted);
		ObjectNode changes = all.objectNode();
		CHANGEABLE.stream()
			.filter((field) -> isGiven(all.path(field)))
			.forEach((field) -> changes.set(field, all.path(field)));
		if (given.pidsLimit() != null) {
			changes.put("PidsLimit", given.pidsLimit());
		}
		// a limit alone means no swap limit here, unlike at creation
		if (given.memorySwap() == 0) {
			changes.remove("MemorySwap");
		}
		String policy = (given.restartPolicy() != null) ? given.restartPolicy().path("Name").asString("") : "";
		return new UpdateRequest(wanted, changes, !policy.isEmpty());
	}

	private static boolean isGiven(JsonNode value) {
		return value.isNumber() ? value.asLong() != 0 : !value.asString("").isEmpty();
	}

	/** Whether there is a restart policy in it. */
	public boolean hasRestartPolicy() {
		return this.restartPolicy;
	}

	/**
	 * The definition as it shall be.
	 * @throws InvalidSpecException if it contradicts itself
	 */
	public Definition applyTo(Definition definition) {
		ObjectNode host = (ObjectNode) DockerJson.toTree(definition.hostConfig());
		host.setAll(this.changes);
		if (this.restartPolicy) {
			host.set("RestartPolicy", DockerJson.toTree(this.wanted.restartPolicy()));
		}
		HostConfig merged = DockerJson.read(host, "HostConfig", HostConfig.class);
		Checks.restartPolicy(merged);
		return new Definition(definition.config(), merged, definition.endpoints(), definition.mounts());
	}

	/**
	 * What cannot be changed because of what is set already.
	 * @return Docker's words; null if nothing is in the way
	 */
	public @Nullable String conflict(HostConfig present) {
		if (this.restartPolicy && present.autoRemove()) {
			return "Restart policy cannot be updated because AutoRemove is enabled for the container";
		}
		if (this.wanted.memory() > present.memorySwap() && !this.changes.has("MemorySwap")) {
			return "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time";
		}
		if (this.wanted.nanoCpus() > 0 && (present.cpuPeriod() > 0 || present.cpuQuota() > 0)) {
			return "Conflicting options: Nano CPUs cannot be updated as CPU "
					+ ((present.cpuPeriod() > 0) ? "Period" : "Quota") + " has already been set";
		}
		if (present.nanoCpus() > 0 && (this.wanted.cpuPeriod() > 0 || this.wanted.cpuQuota() > 0)) {
			return "Conflicting options: CPU " + ((this.wanted.cpuPeriod() > 0) ? "Period" : "Quota")
					+ " cannot be updated as NanoCPUs has already been set";
		}
		return null;
	}

	/** Fields whose default at creation must not be taken for a wish. */
	@tools.jackson.databind.annotation.JsonNaming(tools.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	record Given(@Nullable Long pidsLimit, long memorySwap, @Nullable JsonNode restartPolicy) {
	}

}
