package dev.caisson.platform.container.definition;

import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/** What a mount of each type may say. */
final class MountChecks {

	private MountChecks() {
	}

	/** Checks the target and returns it without detours. */
	static String target(MountRequest mount) {
		refuse(mount, mount.target().isEmpty(), "field Target must not be empty");
		refuse(mount, !mount.target().startsWith("/"),
				"invalid mount path: '" + mount.target() + "' mount path must be absolute");
		String clean = MountChoices.clean(mount.target());
		refuse(mount, clean.equals("/"), "invalid specification: destination can't be '/'");
		return clean;
	}

	static void bind(MountRequest mount) {
		refuse(mount, mount.source().isEmpty(), "field Source must not be empty");
		refuse(mount, !mount.source().startsWith("/"),
				"invalid mount path: '" + mount.source() + "' mount path must be absolute");
		refuseOther(mount, "VolumeOptions", mount.volumeOptions());
		refuseOther(mount, "TmpfsOptions", mount.tmpfsOptions());
		MountRequest.BindOptions options = mount.bindOptions();
		if (options != null) {
			refuse(mount, !options.propagation().isEmpty() && !BindNotation.isPropagation(options.propagation()),
					"invalid propagation mode: " + options.propagation());
			refuse(mount, options.readOnlyForceRecursive() && options.readOnlyNonRecursive(),
					"ReadOnlyForceRecursive and ReadOnlyNonRecursive are mutually exclusive");
		}
	}

	static void volume(MountRequest mount) {
		refuseOther(mount, "BindOptions", mount.bindOptions());
		refuseOther(mount, "TmpfsOptions", mount.tmpfsOptions());
		MountRequest.VolumeOptions options = mount.volumeOptions();
		if (options != null) {
			refuse(mount, options.subpath() != null && !options.subpath().isEmpty(),
					"VolumeOptions.Subpath is not supported");
		}
	}

	static void tmpfs(MountRequest mount) {
		refuse(mount, !mount.source().isEmpty(), "field Source must not be specified");
		refuseOther(mount, "BindOptions", mount.bindOptions());
		refuseOther(mount, "VolumeOptions", mount.volumeOptions());
		MountRequest.TmpfsOptions options = mount.tmpfsOptions();
		if (options != null) {
			refuse(mount, options.sizeBytes() < 0, "TmpfsOptions.SizeBytes must not be negative");
			refuse(mount, options.mode() < 0 || options.mode() > 07777, "TmpfsOptions.Mode is not a file mode");
		}
	}

	private static void refuseOther(MountRequest mount, String field, @Nullable Object options) {
		refuse(mount, options != null, "field " + field + " must not be specified");
	}

	private static void refuse(MountRequest mount, boolean wrong, String reason) {
		if (wrong) {
			throw new InvalidSpecException("HostConfig.Mounts",
					"invalid mount config for type \"" + mount.type() + "\": " + reason);
		}
	}

}
