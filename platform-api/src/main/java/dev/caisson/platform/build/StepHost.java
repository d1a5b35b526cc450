package dev.caisson.platform.build;

import java.util.List;

import dev.caisson.platform.server.BadParameterException;
import jakarta.servlet.http.HttpServletRequest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a build's containers get of the host.
 *
 * @param json a HostConfig as the create request of a container has it
 */
record StepHost(ObjectNode json) {

	private static final JsonMapper JSON = new JsonMapper();

	/** Parameters that are numbers, and the fields of HostConfig. */
	private static final List<String[]> NUMBERS = List.of(new String[] { "memory", "Memory" },
			new String[] { "memswap", "MemorySwap" }, new String[] { "cpushares", "CpuShares" },
			new String[] { "cpuperiod", "CpuPeriod" }, new String[] { "cpuquota", "CpuQuota" },
			new String[] { "shmsize", "ShmSize" });

	private static final List<String[]> TEXTS = List.of(new String[] { "cpusetcpus", "CpusetCpus" },
			new String[] { "cpusetmems", "CpusetMems" }, new String[] { "cgroupparent", "CgroupParent" },
			new String[] { "networkmode", "NetworkMode" });

	/**
	 * Reads the query.
	 * @throws BadParameterException if a number is none
	 */
	static StepHost of(HttpServletRequest request) {
		ObjectNode host = JSON.createObjectNode();
		for (String[] pair : NUMBERS) {
			String value = request.getParameter(pair[0]);
			if (value != null && !value.isEmpty()) {
				host.put(pair[1], number(pair[0], value));
			}
		}
		for (String[] pair : TEXTS) {
			String value = request.getParameter(pair[0]);
			if (value != null && !value.isEmpty()) {
				host.put(pair[1], value);
			}
		}
		putJson(request, "ulimits", "Ulimits", host);
		addHosts(request, host);
		return new StepHost(host);
	}

	private static long number(String name, String value) {
		try {
			return Long.parseLong(value);
		}
		catch (NumberFormatException ex) {
			throw new BadParameterException("invalid value for parameter " + name + ": \"" + value + "\"");
		}
	}

	private static void putJson(HttpServletRequest request, String name, String field, ObjectNode host) {
		String value = request.getParameter(name);
		if (value == null || value.isEmpty()) {
			return;
		}
		try {
			JsonNode node = JSON.readTree(value);
			if (!node.isNull()) {
				host.set(field, node);
			}
		}
		catch (JacksonException ex) {
			throw new BadParameterException("error reading " + name + ": " + ex.getOriginalMessage());
		}
	}

	/** One parameter each, or, as older clients have it, a list with commas. */
	private static void addHosts(HttpServletRequest request, ObjectNode host) {
		String[] values = request.getParameterValues("extrahosts");
		if (values == null) {
			return;
		}
		var list = host.putArray("ExtraHosts");
		for (String value : values) {
			for (String entry : value.split(",")) {
				if (!entry.isEmpty()) {
					list.add(entry);
				}
			}
		}
	}

}
