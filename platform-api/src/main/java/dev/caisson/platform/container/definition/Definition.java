package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

/**
 * A container as it was created: the request with the image's defaults merged in and
 * every choice that was left open made. This is what is stored, shown and started.
 *
 * @param config what does not depend on the host
 * @param hostConfig what does
 * @param endpoints settings per network, kept as they came
 * @param mounts every mount but those of HostConfig.Tmpfs
 */
public record Definition(ContainerConfig config, HostConfig hostConfig, Map<String, JsonNode> endpoints,
		List<MountPoint> mounts) {

	public Definition {
		endpoints = Absent.map(endpoints);
		mounts = Absent.list(mounts);
	}

	/** Reads what {@link #toJson} wrote. */
	public static Definition parse(String json) {
		return DockerJson.read(json, Definition.class);
	}

	public String toJson() {
		return DockerJson.write(this);
	}

}
