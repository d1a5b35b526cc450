package dev.caisson.platform.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

import dev.caisson.platform.container.definition.MountPoint;

import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/** The directories behind volumes. */
@Component
final class Volumes {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int NAME_BYTES = 32;

	static String anonymousName() {
		byte[] bytes = new byte[NAME_BYTES];
		RANDOM.nextBytes(bytes);
		return HexFormat.of().formatHex(bytes);
	}

	/** Makes those that are not there yet. */
	void make(List<MountPoint> mounts) {
		for (MountPoint mount : mounts) {
			if (mount.type() == MountPoint.Type.VOLUME) {
				make(Path.of(mount.source()));
			}
		}
	}

	private static void make(Path directory) {
		try {
			Files.createDirectories(directory);
			// containers of any user use it, whatever the service's umask is
			Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("create volume " + directory, ex);
		}
	}

	/** Removes those that were made for one container alone; safe to repeat. */
	void removeAnonymous(List<MountPoint> mounts) {
		for (MountPoint mount : mounts) {
			if (mount.anonymous()) {
				remove(Path.of(mount.source()).getParent());
			}
		}
	}

	private static void remove(Path volume) {
		try {
			FileSystemUtils.deleteRecursively(volume);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("remove volume " + volume, ex);
		}
	}

}
