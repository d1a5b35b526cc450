package dev.caisson.engine.linux;

/**
 * What statx(2) says about a file.
 *
 * @param mode type and permissions, as in inode(7)
 * @param uid the owner
 * @param gid the group
 * @param inode its number
 * @param links names it has
 * @param size bytes
 * @param blocks of 512 bytes that it occupies
 * @param modifiedSeconds since 1970, may be negative
 * @param modifiedNanos 0 to 999,999,999
 * @param changedSeconds when anything of it was changed last; nobody can choose that
 * @param changedNanos 0 to 999,999,999
 * @param deviceMajor of a device node
 * @param deviceMinor of a device node
 * @param device of the file system it is on; with the inode it tells files apart
 */
public record FileStatus(int mode, int uid, int gid, long inode, int links, long size, long blocks,
		long modifiedSeconds, int modifiedNanos, long changedSeconds, int changedNanos, int deviceMajor,
		int deviceMinor, long device) {

	/** Of linux/stat.h. */
	public static final int S_IFMT = 0170000, S_IFIFO = 0010000, S_IFCHR = 0020000, S_IFDIR = 0040000,
			S_IFBLK = 0060000, S_IFREG = 0100000, S_IFLNK = 0120000, S_IFSOCK = 0140000;

	public int type() {
		return this.mode & S_IFMT;
	}

	public int permissions() {
		return this.mode & ~S_IFMT;
	}

	public boolean isFile() {
		return type() == S_IFREG;
	}

	public boolean isDirectory() {
		return type() == S_IFDIR;
	}

	/** Whether overlayfs takes it for a deleted file: a character device 0:0. */
	public boolean isWhiteout() {
		return type() == S_IFCHR && this.deviceMajor == 0 && this.deviceMinor == 0;
	}

}
