package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A container as it was created: the request with the image's defaults merged in and
 * every choice that was left open made. This is what is stored, shown and started.
 *
 * @param config what does not depend on the host
 * @param hostConfig what does
 * @param endpoints how it is on each of its networks, by their names
 * @param mounts every mount but those of HostConfig.Tmpfs
 */
public record Definition(ContainerConfig config, HostConfig hostConfig, Map<String, EndpointSettings> endpoints,
		List<MountPoint> mounts) {

	public Definition {
		endpoints = new TreeMap<>(Absent.map(endpoints));
		mounts = Absent.list(mounts);
	}

	/** The same container on other networks. */
	public Definition withEndpoints(Map<String, EndpointSettings> changed) {
		return new Definition(this.config, this.hostConfig, changed, this.mounts);
	}

	/** Reads what {@link #toJson} wrote. */
	public static Definition parse(String json) {
		return DockerJson.read(json, Definition.class);
	}

	public String toJson() {
		return DockerJson.write(this);
	}

}
