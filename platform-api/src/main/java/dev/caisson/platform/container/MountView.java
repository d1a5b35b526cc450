package dev.caisson.platform.container;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.caisson.platform.container.definition.MountPoint;
import org.jspecify.annotations.Nullable;

/** Docker's MountPoint. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MountView(@JsonProperty("Type") String type, @JsonProperty("Name") @Nullable String name,
		@JsonProperty("Source") String source, @JsonProperty("Destination") String destination,
		@JsonProperty("Driver") @Nullable String driver, @JsonProperty("Mode") String mode,
		@JsonProperty("RW") boolean writable, @JsonProperty("Propagation") String propagation) {

	static MountView of(MountPoint mount) {
		boolean volume = mount.type() == MountPoint.Type.VOLUME;
		boolean bind = mount.type() == MountPoint.Type.BIND;
		return new MountView(mount.type().name().toLowerCase(Locale.ROOT), volume ? mount.name() : null, mount.source(),
				mount.destination(), volume ? "local" : null, mount.mode(), mount.writable(),
				bind ? mount.propagation().name().toLowerCase(Locale.ROOT) : "");
	}

}
