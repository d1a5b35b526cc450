package dev.caisson.engine.rootfs;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.SystemCall;

/**
 * The words in which the steps of this room are written: one method, one system call of
 * the container's first process. Paths are those of the container from pivot_root(2) on.
 */
final class MountSteps {

	static final Arg HERE = Arg.flags(-100, "AT_FDCWD");

	/**
	 * Where a path of the image or of a volume may lead: symbolic links stay inside the
	 * root, and links of /proc to descriptors, which lead anywhere, are refused.
	 */
	private static final int IN_ROOT = Fd.RESOLVE_IN_ROOT | Fd.RESOLVE_NO_MAGICLINKS;

	private static final Arg EMPTY = Arg.text("");

	private final LaunchPlan.Section child;

	MountSteps(LaunchPlan.Section child) {
		this.child = child;
	}

	/** mount(2) on a path that no image or volume can have bent. */
	void mount(String source, String target, String type, Set<MountFlag> flags, String data) {
		this.child.call("mount " + type + " on " + target, SystemCall.MOUNT, Arg.text(source), Arg.text(target),
				Arg.text(type), MountFlag.arg(flags), data.isEmpty() ? Arg.NULL : Arg.text(data));
	}

	/** mount(2) on the working directory, for where no path can be trusted. */
	void mountHere(String type, String path, Set<MountFlag> flags, String data) {
		this.child.call("mount " + type + " on " + path, SystemCall.MOUNT, Arg.text(type), Arg.text("."),
				Arg.text(type), MountFlag.arg(flags), data.isEmpty() ? Arg.NULL : Arg.text(data));
	}

	/** mount(2) of one such path on another, submounts not included. */
	void bind(String purpose, String source, String target) {
		this.child.call(purpose, SystemCall.MOUNT, Arg.text(source), Arg.text(target), Arg.NULL,
				MountFlag.arg(Set.of(MountFlag.MS_BIND)), Arg.NULL);
	}

	/** A new mount that hangs nowhere yet. */
	Arg make(String type, long attributes, String attributeNames) {
		Step context = this.child.call("open a new " + type, SystemCall.FSOPEN, Arg.text(type),
				Arg.flags(MountApi.FSOPEN_CLOEXEC, "FSOPEN_CLOEXEC"));
		this.child.call("create the new " + type, SystemCall.FSCONFIG, Arg.result(context),
				Arg.flags(MountApi.FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE"), Arg.NULL, Arg.NULL, Arg.number(0));
		return Arg.result(this.child.call("take a mount of the new " + type, SystemCall.FSMOUNT, Arg.result(context),
				Arg.flags(MountApi.FSMOUNT_CLOEXEC, "FSMOUNT_CLOEXEC"), Arg.flags(attributes, attributeNames)));
	}

	/** A copy of the mount at a path, detached. */
	Arg clone(String path) {
		return Arg.result(this.child.call("copy the mount of " + path, SystemCall.OPEN_TREE, HERE, Arg.text(path),
				Arg.flags(MountApi.OPEN_TREE_CLONE | Fd.O_CLOEXEC, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC")));
	}

	/** A copy of the mount at a path, with those below it, detached. */
	Arg cloneTree(String path) {
		return Arg.result(this.child.call("copy the mounts of " + path, SystemCall.OPEN_TREE, HERE, Arg.text(path),
				Arg.flags(MountApi.OPEN_TREE_CLONE | Fd.O_CLOEXEC | MountApi.AT_RECURSIVE,
						"OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE")));
	}

	/** A copy of the mount that a descriptor is on, with those below it, detached. */
	Arg cloneTree(String path, Arg place, Set<Errno> tolerated) {
		return Arg
			.result(this.child.attempt("copy the mounts of " + path, tolerated, SystemCall.OPEN_TREE, place, EMPTY,
					Arg.flags(MountApi.OPEN_TREE_CLONE | Fd.O_CLOEXEC | MountApi.AT_EMPTY_PATH | MountApi.AT_RECURSIVE,
							"OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH|AT_RECURSIVE")));
	}

	/** Hangs a detached mount on a path; a symbolic link at its end is not followed. */
	void move(String purpose, Arg mount, String target) {
		this.child.call(purpose, SystemCall.MOVE_MOUNT, mount, EMPTY, HERE, Arg.text(target),
				Arg.flags(MountApi.MOVE_MOUNT_F_EMPTY_PATH, "MOVE_MOUNT_F_EMPTY_PATH"));
	}

	/** Hangs a detached mount on what a descriptor shows. */
	void move(String purpose, Arg mount, Arg place, Set<Errno> tolerated) {
		this.child.attempt(purpose, tolerated, SystemCall.MOVE_MOUNT, mount, EMPTY, place, EMPTY,
				Arg.flags(MountApi.MOVE_MOUNT_F_EMPTY_PATH | MountApi.MOVE_MOUNT_T_EMPTY_PATH,
						"MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"));
	}

	/** Makes the mount at a trusted path read-only, or takes that back. */
	void readOnly(String path, boolean recursive, boolean on) {
		this.child.call("make " + path + (on ? " read-only" : " writable"), SystemCall.MOUNT_SETATTR, HERE,
				Arg.text(path), recursive ? Arg.flags(MountApi.AT_RECURSIVE, "AT_RECURSIVE") : Arg.number(0),
				MountApi.readOnly(on), Arg.number(MountApi.MOUNT_ATTR_SIZE));
	}

	/** Makes a detached mount read-only, with all below it. */
	void readOnly(String path, Arg mount, Set<Errno> tolerated) {
		this.child.attempt("make the copy of " + path + " read-only", tolerated, SystemCall.MOUNT_SETATTR, mount, EMPTY,
				Arg.flags(MountApi.AT_EMPTY_PATH | MountApi.AT_RECURSIVE, "AT_EMPTY_PATH|AT_RECURSIVE"),
				MountApi.readOnly(true), Arg.number(MountApi.MOUNT_ATTR_SIZE));
	}

	/** Opens a path of the container as a place to mount on; links lead inside only. */
	Arg place(String path, Set<Errno> tolerated) {
		return open(path, Fd.O_PATH, "O_PATH", IN_ROOT, "RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS", tolerated);
	}

	/** Opens a path of the container that must not have a symbolic link anywhere. */
	Arg straightPlace(String path) {
		return open(path, Fd.O_PATH, "O_PATH", Fd.RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS", Set.of());
	}

	private Arg open(String path, int flags, String flagNames, int resolve, String resolveNames, Set<Errno> tolerated) {
		Arg how = new Arg.Bytes(MountApi.words(flags | Fd.O_CLOEXEC, 0, resolve),
				"{flags=" + flagNames + "|O_CLOEXEC, resolve=" + resolveNames + "}");
		return Arg.result(this.child.attempt("find " + path, tolerated, SystemCall.OPENAT2, HERE, Arg.text(path), how,
				Arg.number(MountApi.OPEN_HOW_SIZE)));
	}

	/** Writes a kernel parameter through /proc/sys. */
	void write(String purpose, String path, String value) {
		Arg file = open(path, Fd.O_WRONLY, "O_WRONLY", Fd.RESOLVE_NO_SYMLINKS, "RESOLVE_NO_SYMLINKS", Set.of());
		this.child.call(purpose, SystemCall.WRITE, file, Arg.text(value),
				Arg.number(value.getBytes(StandardCharsets.UTF_8).length));
		// a mount with a file that is open for writing cannot become read-only
		this.child.call("close " + path, SystemCall.CLOSE, file);
	}

	/** Goes to a directory; what is mounted on "." then needs no path. */
	void enter(String path, Arg directory) {
		this.child.call("enter " + path, SystemCall.FCHDIR, directory);
	}

	void goToRoot() {
		this.child.call("enter /", SystemCall.CHDIR, Arg.text("/"));
	}

	/** Makes a directory, unless there is something of that name. */
	void directory(Arg parent, String name, int mode, String path) {
		this.child.attempt("make directory " + path, Set.of(Errno.EEXIST), SystemCall.MKDIRAT, parent, Arg.text(name),
				octal(mode));
	}

	void directory(String path, int mode) {
		directory(HERE, path, mode, path);
	}

	/** Makes an empty file, unless there is something of that name. */
	void file(Arg parent, String name, String path) {
		this.child.attempt("make file " + path, Set.of(Errno.EEXIST), SystemCall.MKNODAT, parent, Arg.text(name),
				Arg.flags(DeviceNode.S_IFREG | 0644, "S_IFREG|0644"), Arg.number(0));
	}

	/** Makes a device node, unless there is something of that name. */
	void node(Arg parent, String name, DeviceNode node) {
		this.child.attempt("make device " + node.path(), Set.of(Errno.EEXIST), SystemCall.MKNODAT, parent,
				Arg.text(name), Arg.flags(node.typeAndMode(), node.typeAndModeText()),
				Arg.flags(node.number(), "makedev(" + node.major() + ", " + node.minor() + ")"));
		if (node.uid() != 0 || node.gid() != 0) {
			this.child.call("give device " + node.path() + " its owner", SystemCall.FCHOWNAT, parent, Arg.text(name),
					Arg.number(node.uid()), Arg.number(node.gid()), Arg.flags(0x100, "AT_SYMLINK_NOFOLLOW"));
		}
	}

	void link(String path, String content) {
		this.child.attempt("link " + path, Set.of(Errno.EEXIST), SystemCall.SYMLINKAT, Arg.text(content), HERE,
				Arg.text(path));
	}

	/** Leaves the host's mounts behind: the new root takes the place of the old. */
	void pivot(Arg root, Path emptyDirectory) {
		move("put the root in its place", root, emptyDirectory.toString());
		enter("the new root", root);
		// with "." for both, the old root lands on top of the new one and needs no
		// directory in it
		this.child.call("make it the root", SystemCall.PIVOT_ROOT, Arg.text("."), Arg.text("."));
		this.child.call("let go of the old root", SystemCall.UMOUNT2, Arg.text("."),
				Arg.flags(MountApi.MNT_DETACH, "MNT_DETACH"));
		goToRoot();
	}

	/** Keeps every later mount from the host, and the host's from the container. */
	void isolate() {
		this.child.call("keep mounts to this namespace", SystemCall.MOUNT, Arg.NULL, Arg.text("/"), Arg.NULL,
				MountFlag.arg(Set.of(MountFlag.MS_REC, MountFlag.MS_PRIVATE)), Arg.NULL);
	}

	/**
	 * Takes the ids of a user namespace's root, without which its files have no owner.
	 */
	void becomeRoot() {
		Arg root = Arg.number(0);
		this.child.call("become root of the user namespace", SystemCall.SETRESGID, root, root, root);
		this.child.call("become root of the user namespace", SystemCall.SETRESUID, root, root, root);
	}

	void umask(int mask) {
		this.child.call("set the umask to " + Integer.toOctalString(mask), SystemCall.UMASK, octal(mask));
	}

	private static Arg octal(int mode) {
		return Arg.flags(mode, "0" + (mode == 0 ? "" : Integer.toOctalString(mode)));
	}

}
