package dev.caisson.platform.volume;

import java.time.temporal.ChronoUnit;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** Docker's Volume. */
public record VolumeView(@JsonProperty("CreatedAt") String createdAt, @JsonProperty("Driver") String driver,
		@JsonProperty("Labels") Map<String, String> labels, @JsonProperty("Mountpoint") String mountpoint,
		@JsonProperty("Name") String name, @JsonProperty("Options") Map<String, String> options,
		@JsonProperty("Scope") String scope,
		@JsonProperty("UsageData") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Usage usage) {

	static VolumeView of(Volume volume) {
		return of(volume, null);
	}

	/** With how much it takes. */
	public static VolumeView measured(Volume volume, int users) {
		return of(volume, new Usage(volume.needsMount() ? -1 : DirectorySize.of(volume.mountpoint()), users));
	}

	private static VolumeView of(Volume volume, @Nullable Usage usage) {
		return new VolumeView(volume.created().truncatedTo(ChronoUnit.SECONDS).toString(), VolumeStore.DRIVER,
				volume.labels(), volume.mountpoint().toString(), volume.name(), volume.options(), "local", usage);
	}

	/**
	 * How much a volume takes.
	 *
	 * @param size bytes; -1 if it was not counted
	 * @param references containers that use it
	 */
	public record Usage(@JsonProperty("Size") long size, @JsonProperty("RefCount") int references) {
	}

}
