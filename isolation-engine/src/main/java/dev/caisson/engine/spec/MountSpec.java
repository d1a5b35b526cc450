package dev.caisson.engine.spec;

import java.nio.file.Path;
import java.util.List;

/** Something mounted into the container, at an absolute path inside it. */
public sealed interface MountSpec {

	/** Absolute and normalized, never {@code /}. */
	String target();

	boolean readOnly();

	/**
	 * A directory or file of the host.
	 *
	 * @param source absolute path on the host
	 * @param target where it appears
	 * @param readOnly whether it is read-only, submounts included where the kernel can
	 * @param recursive whether submounts of the source come along
	 * @param propagation of mount events
	 * @param createSource whether a missing source is made as a directory ({@code -v}
	 * does, {@code --mount} does not)
	 * @param relabel the SELinux label it gets
	 */
	record Bind(Path source, String target, boolean readOnly, boolean recursive, Propagation propagation,
			boolean createSource, Relabel relabel) implements MountSpec {

		public Bind {
			checkTarget(target);
			if (!source.isAbsolute()) {
				throw new InvalidSpecException("HostConfig.Binds",
						"invalid mount path: '" + source + "' mount path must be absolute");
			}
		}

	}

	/**
	 * A tmpfs.
	 *
	 * @param target where it appears
	 * @param readOnly whether it is read-only
	 * @param options of tmpfs(5) and mount(8), such as {@code size=64m} or {@code noexec}
	 */
	record Tmpfs(String target, boolean readOnly, List<String> options) implements MountSpec {

		public Tmpfs {
			checkTarget(target);
			options = List.copyOf(options);
		}

	}

	/** See mount_namespaces(7). */
	enum Propagation {

		PRIVATE, RPRIVATE, SLAVE, RSLAVE, SHARED, RSHARED

	}

	/** What {@code :z} (shared) and {@code :Z} (private) ask for. */
	enum Relabel {

		NONE, SHARED, PRIVATE

	}

	private static void checkTarget(String target) {
		if (!target.startsWith("/") || target.indexOf('\0') >= 0) {
			throw new InvalidSpecException("HostConfig.Mounts",
					"invalid mount path: '" + target + "' mount path must be absolute");
		}
		if (Path.of(target).normalize().getNameCount() == 0) {
			throw new InvalidSpecException("HostConfig.Mounts", "invalid specification: destination can't be '/'");
		}
	}

}
