package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.MountSpec;

/** What a bind takes from the host: checked, made if asked for, opened. */
final class BindSource {

	private static final String FIELD = "HostConfig.Mounts";

	private BindSource() {
	}

	/**
	 * Looks without touching anything.
	 * @throws InvalidSpecException if the source is missing and is not to be made, or
	 * does not hand on mount events as the bind wants
	 */
	static void check(MountSpec.Bind bind) {
		if (!Files.exists(bind.source())) {
			if (!bind.createSource()) {
				throw new InvalidSpecException(FIELD, "invalid mount config for type \"bind\": bind source path does "
						+ "not exist: " + bind.source());
			}
			return;
		}
		boolean shared = switch (bind.propagation()) {
			case PRIVATE, RPRIVATE -> true;
			case SHARED, RSHARED -> mountOf(bind).sharedWith().isPresent();
			case SLAVE, RSLAVE -> mountOf(bind).sharedWith().isPresent() || mountOf(bind).slaveOf().isPresent();
		};
		if (!shared) {
			boolean slave = bind.propagation() == MountSpec.Propagation.SLAVE
					|| bind.propagation() == MountSpec.Propagation.RSLAVE;
			throw new InvalidSpecException(FIELD, "path " + bind.source() + " is mounted on " + mountOf(bind).target()
					+ " but it is not a shared " + (slave ? "or slave " : "") + "mount");
		}
	}

	private static MountTable.Entry mountOf(MountSpec.Bind bind) {
		try (Fd source = Fd.open(bind.source(), Fd.O_PATH)) {
			long mount = FileStatus.of(source).mount();
			return MountTable.own()
				.entries()
				.stream()
				.filter((entry) -> entry.id() == mount)
				.findFirst()
				.orElseThrow(() -> new LinuxException("find the mount of", bind.source().toString(), Errno.ENOENT));
		}
	}

	/** The bind as a detached mount, with its rules already in force. */
	static Fd open(MountSpec.Bind bind) {
		check(bind);
		create(bind);
		Fd mount = DetachedMount.bind(bind.source(), bind.recursive());
		try {
			if (bind.readOnly()) {
				DetachedMount.change(mount, bind.recursive(), MountApi.MOUNT_ATTR_RDONLY, 0, 0);
			}
			boolean all = bind.recursive() && bind.propagation().name().startsWith("R");
			DetachedMount.change(mount, all, 0, propagation(bind.propagation()), 0);
			return mount;
		}
		catch (RuntimeException ex) {
			mount.close();
			throw ex;
		}
	}

	private static void create(MountSpec.Bind bind) {
		try {
			if (bind.createSource() && !Files.exists(bind.source())) {
				Files.createDirectories(bind.source());
			}
		}
		catch (IOException ex) {
			throw new InvalidSpecException("HostConfig.Binds",
					"error while creating mount source path '" + bind.source() + "': " + ex);
		}
	}

	private static long propagation(MountSpec.Propagation propagation) {
		return switch (propagation) {
			case PRIVATE, RPRIVATE -> MountApi.MS_PRIVATE;
			case SLAVE, RSLAVE -> MountApi.MS_SLAVE;
			case SHARED, RSHARED -> MountApi.MS_SHARED;
		};
	}

}
