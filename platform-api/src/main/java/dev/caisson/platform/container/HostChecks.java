package dev.caisson.platform.container;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec;
import dev.caisson.engine.spec.ResourceSpec.BlockThrottle;

/** What a spec names on the host must be there when the container is created. */
final class HostChecks {

	private HostChecks() {
	}

	static void check(ContainerSpec spec) {
		spec.mounts().forEach(HostChecks::mount);
		spec.devices().nodes().forEach(HostChecks::device);
		spec.resources().blockThrottles().forEach(HostChecks::blockDevice);
	}

	private static void mount(MountSpec mount) {
		if (mount instanceof MountSpec.Bind bind && !bind.createSource() && !Files.exists(bind.source())) {
			throw new InvalidSpecException("HostConfig.Mounts",
					"invalid mount config for type \"bind\": bind source path does not exist: " + bind.source());
		}
	}

	/** A directory stands for all devices in it. */
	private static void device(DeviceSpec.Node device) {
		String prefix = "error gathering device information while adding custom device \"" + device.host() + "\": ";
		if (!Files.exists(device.host())) {
			throw new InvalidSpecException("HostConfig.Devices", prefix + "no such file or directory");
		}
		if (Files.isRegularFile(device.host())) {
			throw new InvalidSpecException("HostConfig.Devices", prefix + "not a device node");
		}
	}

	private static void blockDevice(BlockThrottle throttle) {
		if (!isBlockDevice(throttle.device())) {
			throw new InvalidSpecException("HostConfig.Blkio",
					"invalid device path " + throttle.device() + ": no such block device");
		}
	}

	private static boolean isBlockDevice(Path device) {
		try {
			Map<String, Object> attributes = Files.readAttributes(device, "unix:mode", new LinkOption[0]);
			// S_IFMT and S_IFBLK of sys/stat.h
			return attributes.get("mode") instanceof Integer mode && (mode & 0170000) == 0060000;
		}
		catch (java.io.IOException | UnsupportedOperationException ex) {
			return false;
		}
	}

}
