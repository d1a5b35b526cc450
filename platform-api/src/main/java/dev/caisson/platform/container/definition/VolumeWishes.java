package dev.caisson.platform.container.definition;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** What a request says of a volume besides its name and its place. */
public final class VolumeWishes {

	private static final String NO_COPY = "nocopy";

	private VolumeWishes() {
	}

	/** The options of {@code --mount}, or null if it was not asked for by that. */
	public static MountRequest.@Nullable VolumeOptions options(Definition definition, MountPoint mount) {
		return definition.hostConfig()
			.mounts()
			.stream()
			.filter((request) -> isAt(request.target(), mount))
			.map(MountRequest::volumeOptions)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Whether an empty volume gets what the image has in its place: not if the client
	 * said so, and not one that comes from another container.
	 */
	public static boolean isFilled(Definition definition, MountPoint mount) {
		MountRequest.VolumeOptions options = options(definition, mount);
		if (options != null) {
			return !options.noCopy();
		}
		if (List.of(mount.mode().split(",")).contains(NO_COPY)) {
			return false;
		}
		return mount.anonymous()
				|| definition.hostConfig()
					.binds()
					.stream()
					.map(BindNotation::parse)
					.anyMatch((bind) -> isAt(bind.destination(), mount))
				|| definition.hostConfig().mounts().stream().anyMatch((request) -> isAt(request.target(), mount));
	}

	private static boolean isAt(String target, MountPoint mount) {
		return MountChoices.clean(target).equals(mount.destination());
	}

}
