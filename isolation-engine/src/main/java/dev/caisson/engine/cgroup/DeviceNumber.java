package dev.caisson.engine.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;

/**
 * The number of a device, see makedev(3).
 *
 * @param major the driver's
 * @param minor the device's
 */
record DeviceNumber(int major, int minor) {

	/** Of sys/stat.h. */
	private static final int S_IFMT = 0170000, S_IFBLK = 0060000;

	/**
	 * Of a block device's node.
	 * @throws LinuxException ENOENT if there is none, ENOTBLK if it is something else
	 */
	static DeviceNumber ofBlockDevice(Path node) {
		try {
			int mode = (int) Files.getAttribute(node, "unix:mode");
			if ((mode & S_IFMT) != S_IFBLK) {
				throw new LinuxException("stat", node.toString(), Errno.ENOTBLK);
			}
			return of((long) Files.getAttribute(node, "unix:rdev"));
		}
		catch (IOException ex) {
			throw new LinuxException("stat", node.toString(), Errno.ENOENT);
		}
	}

	/** Of the form that glibc's gnu_dev_makedev gives. */
	private static DeviceNumber of(long device) {
		return new DeviceNumber((int) ((device >>> 8 & 0xfff) | (device >>> 32 & ~0xfff)),
				(int) ((device & 0xff) | (device >>> 12 & ~0xff)));
	}

	static DeviceNumber parse(String text) {
		String[] parts = text.split(":", 2);
		return new DeviceNumber(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
	}

	@Override
	public String toString() {
		return this.major + ":" + this.minor;
	}

}
