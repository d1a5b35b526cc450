package dev.caisson.platform.container.definition;

import java.nio.file.Path;

import dev.caisson.engine.spec.CapabilitySet;

/**
 * What a definition has to be measured against.
 *
 * @param processors how many there are
 * @param hostname the host's own
 * @param volumes where volumes lie
 * @param selinux whether SELinux is on
 * @param unifiedCgroups whether control groups are v2 alone
 * @param capabilities what the service itself can give away
 */
public record HostFacts(int processors, String hostname, Path volumes, boolean selinux, boolean unifiedCgroups,
		CapabilitySet capabilities) {

	/** Where the files of a volume lie. */
	Path volume(String name) {
		return this.volumes.resolve(name).resolve("_data");
	}

}
