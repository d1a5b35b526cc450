package dev.caisson.platform.container.definition;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.engine.spec.MountSpec;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A mount with everything decided that the request left open.
 *
 * @param type what it is
 * @param name of the volume; empty for others
 * @param source path on the host; empty for tmpfs
 * @param destination where it appears
 * @param mode options as the client wrote them
 * @param writable whether it can be written to
 * @param propagation of mount events; null for tmpfs
 * @param recursive whether submounts come along
 * @param createSource whether a missing source is made as a directory
 * @param relabel the SELinux label it gets
 * @param tmpfsOptions of a tmpfs
 * @param anonymous whether the volume was named by us and goes with the container
 */
@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
public record MountPoint(Type type, String name, String source, String destination, String mode, boolean writable,
		MountSpec.Propagation propagation, boolean recursive, boolean createSource, MountSpec.Relabel relabel,
		List<String> tmpfsOptions, boolean anonymous) {

	public MountPoint {
		name = Absent.text(name);
		source = Absent.text(source);
		mode = Absent.text(mode);
		tmpfsOptions = Absent.list(tmpfsOptions);
	}

	/** What is mounted. */
	public enum Type {

		@JsonProperty("bind")
		BIND, @JsonProperty("volume")
		VOLUME, @JsonProperty("tmpfs")
		TMPFS

	}

}
