package dev.caisson.platform.container.definition;

import java.nio.file.Path;

/**
 * What a definition has to be measured against.
 *
 * @param processors how many there are
 * @param hostname the host's own
 * @param volumes where volumes lie
 * @param selinux whether SELinux is on
 */
public record HostFacts(int processors, String hostname, Path volumes, boolean selinux) {

	/** Where the files of a volume lie. */
	Path volume(String name) {
		return this.volumes.resolve(name).resolve("_data");
	}

}
