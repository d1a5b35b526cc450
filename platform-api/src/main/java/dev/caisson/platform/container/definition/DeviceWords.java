package dev.caisson.platform.container.definition;

import java.nio.file.Path;

import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.InvalidSpecException;

/** Which devices appear in the container. */
final class DeviceWords {

	private DeviceWords() {
	}

	static DeviceSpec translate(HostConfig host) {
		return new DeviceSpec(host.devices().stream().map(DeviceWords::node).toList(),
				host.deviceCgroupRules().stream().map(DeviceSpec.Rule::parse).toList());
	}

	private static DeviceSpec.Node node(HostConfig.DeviceMapping device) {
		if (!device.pathOnHost().startsWith("/") || device.pathOnHost().indexOf('\0') >= 0) {
			throw new InvalidSpecException("HostConfig.Devices",
					"error gathering device information while adding custom device \"" + device.pathOnHost()
							+ "\": the path must be absolute");
		}
		return new DeviceSpec.Node(Path.of(device.pathOnHost()), device.pathInContainer(), device.cgroupPermissions());
	}

}
