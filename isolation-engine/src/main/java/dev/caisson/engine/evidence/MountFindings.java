package dev.caisson.engine.evidence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.rootfs.MountTable;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.MountSpec;

/** The root, what is mounted into it, and what of the kernel's own files is hidden. */
record MountFindings(Subject subject, MountTable observed) {

	private static final String READ_ONLY = "read-only", WRITABLE = "writable", ABSENT = "not there";

	List<Finding> all() {
		ContainerSpec declared = this.subject.declared();
		List<Finding> findings = new ArrayList<>();
		findings.add(root(declared.root().readOnly()));
		declared.mounts().forEach((mount) -> findings.add(mount(mount)));
		try (Fd root = Fd.open(Path.of("/proc", Integer.toString(this.subject.pid()), "root"),
				Fd.O_PATH | Fd.O_DIRECTORY)) {
			declared.privileges().maskedPaths().forEach((path) -> findings.add(masked(root, path)));
			declared.privileges().readOnlyPaths().forEach((path) -> findings.add(readOnly(root, path)));
		}
		return findings;
	}

	private Finding root(boolean readOnly) {
		Optional<MountTable.Entry> entry = this.observed.at("/");
		if (entry.isEmpty()) {
			return Finding.unknown(Mechanism.ROOTFS, "/", word(readOnly), "its root is not a mount");
		}
		String seen = entry.get().type() + ", " + word(entry.get().readOnly());
		if (!readOnly && !entry.get().readOnly()) {
			return new Finding(Mechanism.ROOTFS, "/", WRITABLE, seen, Verdict.NOT_ASKED);
		}
		return Finding.of(Mechanism.ROOTFS, "/", word(readOnly), seen, entry.get().readOnly() == readOnly);
	}

	private Finding mount(MountSpec mount) {
		String declared = declared(mount);
		Optional<MountTable.Entry> entry = this.observed.at(mount.target());
		if (entry.isEmpty()) {
			return Finding.of(Mechanism.ROOTFS, mount.target(), declared, "not mounted", false);
		}
		MountTable.Entry seen = entry.get();
		boolean rightKind = !(mount instanceof MountSpec.Tmpfs) || seen.type().equals("tmpfs");
		return Finding.of(Mechanism.ROOTFS, mount.target(), declared,
				seen.type() + ", " + word(seen.readOnly()) + ", " + seen.propagation(),
				rightKind && seen.readOnly() == mount.readOnly() && spreads(mount, seen));
	}

	private static String declared(MountSpec mount) {
		return switch (mount) {
			case MountSpec.Bind bind -> bind.source() + ", " + word(bind.readOnly()) + ", "
					+ bind.propagation().name().toLowerCase(Locale.ROOT);
			case MountSpec.Tmpfs tmpfs -> "tmpfs, " + word(tmpfs.readOnly());
		};
	}

	/** A mount that was not asked to spread must not be shared. */
	private static boolean spreads(MountSpec mount, MountTable.Entry seen) {
		return mount instanceof MountSpec.Bind bind && switch (bind.propagation()) {
			case SHARED, RSHARED -> true;
			case SLAVE, RSLAVE, PRIVATE, RPRIVATE -> seen.sharedWith().isEmpty();
		} || mount instanceof MountSpec.Tmpfs;
	}

	/** Hidden by the null device or by an empty directory, or not there at all. */
	private Finding masked(Fd root, String path) {
		Optional<MountTable.Entry> entry = this.observed.at(path);
		if (entry.isEmpty()) {
			return exists(root, path) ? Finding.of(Mechanism.ROOTFS, path, "masked", "visible", false)
					: new Finding(Mechanism.ROOTFS, path, "masked", ABSENT, Verdict.PROVEN);
		}
		MountTable.Entry seen = entry.get();
		boolean hidden = seen.root().equals("/null") || seen.type().equals("tmpfs") && seen.readOnly();
		return Finding.of(Mechanism.ROOTFS, path, "masked", hidden ? "masked by " + seen.type() : seen.type(), hidden);
	}

	private Finding readOnly(Fd root, String path) {
		Optional<MountTable.Entry> entry = this.observed.at(path);
		if (entry.isEmpty()) {
			return exists(root, path) ? Finding.of(Mechanism.ROOTFS, path, READ_ONLY, WRITABLE, false)
					: new Finding(Mechanism.ROOTFS, path, READ_ONLY, ABSENT, Verdict.PROVEN);
		}
		return Finding.of(Mechanism.ROOTFS, path, READ_ONLY, word(entry.get().readOnly()), entry.get().readOnly());
	}

	/** Whether the container sees something there; links of its own stay in its root. */
	private static boolean exists(Fd root, String path) {
		try (Fd found = root.openAt(path, Fd.O_PATH, 0, Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS)) {
			return !found.isClosed();
		}
		catch (LinuxException ex) {
			if (ex.is(Errno.ENOENT) || ex.is(Errno.ENOTDIR) || ex.is(Errno.ELOOP)) {
				return false;
			}
			throw ex;
		}
	}

	private static String word(boolean readOnly) {
		return readOnly ? READ_ONLY : WRITABLE;
	}

}
