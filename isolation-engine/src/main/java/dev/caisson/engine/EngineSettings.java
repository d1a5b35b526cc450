package dev.caisson.engine;

import java.nio.file.Path;

import dev.caisson.engine.network.NetworkSettings;

/**
 * Where an engine keeps what it makes. No two running engines share a root.
 *
 * @param dataRoot what must survive a reboot: images, containers' files
 * @param runRoot what must not: FIFOs, the keepers' state; a tmpfs is fastest
 * @param cgroupParent the control group below which the containers' groups are, such as
 * {@code caisson}
 * @param network of the default network and of published ports
 */
public record EngineSettings(Path dataRoot, Path runRoot, String cgroupParent, NetworkSettings network) {

	public EngineSettings {
		dataRoot = dataRoot.toAbsolutePath().normalize();
		runRoot = runRoot.toAbsolutePath().normalize();
		if (dataRoot.equals(runRoot)) {
			throw new RootRefusedException(dataRoot, "data root and run root must be two directories");
		}
	}

	/** With the default settings of networks. */
	public EngineSettings(Path dataRoot, Path runRoot, String cgroupParent) {
		this(dataRoot, runRoot, cgroupParent, NetworkSettings.DEFAULT);
	}

}
