package dev.caisson.engine.rootfs;

import java.util.List;

/**
 * Who the container's process is.
 *
 * @param uid user id
 * @param gid primary group id
 * @param groups all group ids for setgroups(2), the primary one first
 * @param home directory of the user; {@code /} if the image does not know him
 */
public record ResolvedUser(int uid, int gid, List<Integer> groups, String home) {

	public ResolvedUser {
		groups = List.copyOf(groups);
	}

}
