package dev.caisson.engine.rootfs;

import java.nio.file.Path;

/** Something that is mounted into the container at the user's or the service's wish. */
sealed interface Attachment {

	/** Absolute and normalized. */
	String target();

	boolean directory();

	/** How many names the target has: outer mounts come before those within them. */
	default int depth() {
		return Path.of(target()).getNameCount();
	}

	/** Whether it goes into a file system that every container has. */
	default boolean within(String directory) {
		return target().startsWith(directory + "/");
	}

	/**
	 * A bind that the service has opened.
	 *
	 * @param target where it appears
	 * @param descriptor its name among the descriptors of the launch
	 * @param directory whether it is one
	 */
	record Bind(String target, String descriptor, boolean directory) implements Attachment {
	}

	/**
	 * A new tmpfs.
	 *
	 * @param target where it appears
	 * @param options its options
	 * @param mode of its root, unless the options give one
	 */
	record Memory(String target, TmpfsOptions options, int mode) implements Attachment {

		@Override
		public boolean directory() {
			return true;
		}

	}

}
