package dev.caisson.engine.container;

import java.time.Instant;

import dev.caisson.engine.linux.FileStatus;

/**
 * What is at a path in a container; a symbolic link itself, not what it leads to.
 *
 * @param name the last name of the path as it was asked for
 * @param size bytes
 * @param mode type and permissions, as in inode(7)
 * @param modified when it was changed last
 * @param linkTarget where a symbolic link leads in the end, as an absolute path in the
 * container; empty for all else
 */
public record PathStatus(String name, long size, int mode, Instant modified, String linkTarget) {

	static PathStatus of(String name, FileStatus status, String linkTarget) {
		return new PathStatus(name, status.size(), status.mode(),
				Instant.ofEpochSecond(status.modifiedSeconds(), status.modifiedNanos()), linkTarget);
	}

	public boolean isDirectory() {
		return (this.mode & FileStatus.S_IFMT) == FileStatus.S_IFDIR;
	}

}
