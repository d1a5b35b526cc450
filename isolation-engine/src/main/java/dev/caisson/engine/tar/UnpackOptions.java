package dev.caisson.engine.tar;

import org.jspecify.annotations.Nullable;

/**
 * How an archive is unpacked into a directory.
 *
 * @param keepKinds whether a directory may not be replaced by anything else, nor anything
 * else by a directory
 * @param owner who owns everything, or null for whom the archive says
 */
public record UnpackOptions(boolean keepKinds, @Nullable Owner owner) {

	/** As the archive has it. */
	public static final UnpackOptions PLAIN = new UnpackOptions(false, null);

	/**
	 * A user and a group by number.
	 *
	 * @param uid the user
	 * @param gid the group
	 */
	public record Owner(int uid, int gid) {

	}

}
