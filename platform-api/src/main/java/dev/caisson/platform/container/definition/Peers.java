package dev.caisson.platform.container.definition;

import java.util.List;

import dev.caisson.engine.spec.ContainerId;

/** The other containers, to which a definition may refer. */
@FunctionalInterface
public interface Peers {

	/**
	 * Finds one by name, id or the beginning of an id.
	 * @throws RuntimeException if there is none
	 */
	Peer find(String reference);

	/**
	 * Another container.
	 *
	 * @param id its id
	 * @param hostname its host name
	 * @param mounts what is mounted in it
	 */
	record Peer(ContainerId id, String hostname, List<MountPoint> mounts) {
	}

}
