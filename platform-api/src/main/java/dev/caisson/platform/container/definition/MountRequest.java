package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A mount as {@code --mount} asks for it: Docker's {@code Mount}.
 *
 * @param type {@code bind}, {@code volume} or {@code tmpfs}
 * @param source a host path or a volume's name; empty for tmpfs and anonymous volumes
 * @param target where it appears
 * @param readOnly whether it is read-only
 * @param consistency of macOS, kept
 * @param bindOptions for {@code bind} alone
 * @param volumeOptions for {@code volume} alone
 * @param tmpfsOptions for {@code tmpfs} alone
 */
@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MountRequest(String type, String source, String target, boolean readOnly, @Nullable String consistency,
		@Nullable BindOptions bindOptions, @Nullable VolumeOptions volumeOptions, @Nullable TmpfsOptions tmpfsOptions) {

	public MountRequest {
		type = Absent.text(type);
		source = Absent.text(source);
		target = Absent.text(target);
	}

	/** Of a bind mount. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_DEFAULT)
	public record BindOptions(String propagation, boolean nonRecursive, boolean createMountpoint,
			boolean readOnlyNonRecursive, boolean readOnlyForceRecursive) {

		public BindOptions {
			propagation = Absent.text(propagation);
		}

	}

	/** Of a volume. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record VolumeOptions(boolean noCopy, Map<String, String> labels, @Nullable DriverConfig driverConfig,
			@Nullable String subpath) {

		public VolumeOptions {
			labels = new TreeMap<>(Absent.map(labels));
		}

	}

	/** Which driver makes a volume. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	public record DriverConfig(String name, Map<String, String> options) {

		public DriverConfig {
			name = Absent.text(name);
			options = new TreeMap<>(Absent.map(options));
		}

	}

	/** Of a tmpfs. */
	@JsonNaming(PropertyNamingStrategies.UpperCamelCaseStrategy.class)
	@JsonInclude(JsonInclude.Include.NON_DEFAULT)
	public record TmpfsOptions(long sizeBytes, int mode, List<List<String>> options) {

		public TmpfsOptions {
			options = Absent.list(options);
		}

	}

}
