package dev.caisson.engine.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Makes, reads and removes files in directories given by descriptor. Names are bytes, as
 * the kernel has them, and single components wherever the parameter is called
 * {@code name}; a path is resolved by openat2(2) only, under a rule that keeps it below
 * its directory. For one thread: memory for arguments is allocated once.
 */
public final class FileTree implements AutoCloseable {

	/** Of linux/fcntl.h. */
	private static final int AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_EMPTY_PATH = 0x1000;

	/** Of linux/stat.h: everything that stat(2) also gives. */
	private static final int STATX_BASIC_STATS = 0x7ff;

	private static final int PATH_MAX = 4096, XATTR_NAME_MAX = 256, XATTR_SIZE_MAX = 65536;

	private static final int TRANSFER = 256 * 1024;

	private final Arena arena = Arena.ofConfined();

	private final MemorySegment first = this.arena.allocate(PATH_MAX + 1);

	private final MemorySegment second = this.arena.allocate(PATH_MAX + 1);

	private final MemorySegment attribute = this.arena.allocate(XATTR_NAME_MAX);

	private final MemorySegment value = this.arena.allocate(XATTR_SIZE_MAX);

	private final MemorySegment structure = this.arena.allocate(256, 8);

	private final MemorySegment transfer = this.arena.allocate(TRANSFER);

	/** Opens a directory below another; see openat2(2) for the rule. */
	public Fd directory(Fd parent, byte[] path, int resolve) {
		long result = tryDirectory(parent, path, resolve);
		if (result < 0) {
			throw refused("open directory", path, result);
		}
		return new Fd(result, show(path));
	}

	/** As {@link #directory}; answers a descriptor or a negative error number. */
	public long tryDirectory(Fd parent, byte[] path, int resolve) {
		this.structure.set(ValueLayout.JAVA_LONG, 0, Fd.O_PATH | Fd.O_DIRECTORY | Fd.O_CLOEXEC);
		this.structure.set(ValueLayout.JAVA_LONG, 8, 0);
		this.structure.set(ValueLayout.JAVA_LONG, 16, resolve);
		return Linux.attempt(SystemCall.OPENAT2, parent.number(), text(this.first, path), this.structure.address(), 24);
	}

	/** Opens a directory for {@link #list}; a symbolic link is refused. */
	public Fd directoryForReading(Fd parent, byte[] name) {
		int flags = Fd.O_RDONLY | Fd.O_DIRECTORY | Fd.O_NOFOLLOW | Fd.O_CLOEXEC;
		long number = Linux.attempt(SystemCall.OPENAT, parent.number(), text(this.first, name), flags);
		check("open", name, number);
		return new Fd(number, show(name));
	}

	/** See mkdirat(2). Answers 0 or a negative error number. */
	public long tryMakeDirectory(Fd parent, byte[] name, int mode) {
		return Linux.attempt(SystemCall.MKDIRAT, parent.number(), text(this.first, name), mode);
	}

	/**
	 * Makes a file that must not exist, open for writing. Answers a descriptor or a
	 * negative error number.
	 */
	public long tryCreate(Fd parent, byte[] name) {
		return Linux.attempt(SystemCall.OPENAT, parent.number(), text(this.first, name),
				Fd.O_CREAT | Fd.O_EXCL | Fd.O_WRONLY | Fd.O_NOFOLLOW | Fd.O_CLOEXEC, 0600);
	}

	/** See symlinkat(2). Answers 0 or a negative error number. */
	public long trySymlink(Fd parent, byte[] name, byte[] target) {
		return Linux.attempt(SystemCall.SYMLINKAT, text(this.second, target), parent.number(), text(this.first, name));
	}

	/** See linkat(2); a symbolic link is itself linked. */
	public long tryLink(Fd fromParent, byte[] fromName, Fd parent, byte[] name) {
		return Linux.attempt(SystemCall.LINKAT, fromParent.number(), text(this.second, fromName), parent.number(),
				text(this.first, name), 0);
	}

	/**
	 * See mknodat(2). Answers 0 or a negative error number.
	 * @param mode type and permissions
	 */
	public long tryMakeNode(Fd parent, byte[] name, int mode, int major, int minor) {
		return Linux.attempt(SystemCall.MKNODAT, parent.number(), text(this.first, name), mode,
				deviceNumber(major, minor));
	}

	/** The packing of include/linux/kdev_t.h, new_encode_dev. */
	private static long deviceNumber(int major, int minor) {
		return ((minor & 0xff) | (major << 8) | ((long) (minor & ~0xff) << 12)) & 0xffffffffL;
	}

	/** See renameat2(2), RENAME_NOREPLACE. Answers 0 or a negative error number. */
	public long tryRename(Fd parent, byte[] from, byte[] to) {
		return Linux.attempt(SystemCall.RENAMEAT2, parent.number(), text(this.second, from), parent.number(),
				text(this.first, to), 1);
	}

	/** See unlinkat(2). */
	public void unlink(Fd parent, byte[] name) {
		check("unlink", name, Linux.attempt(SystemCall.UNLINKAT, parent.number(), text(this.first, name), 0));
	}

	/** What is at this name, symbolic links not followed, or null if nothing is. */
	public @Nullable FileStatus status(Fd parent, byte[] name) {
		long result = Linux.attempt(SystemCall.STATX, parent.number(), text(this.first, name),
				AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, STATX_BASIC_STATS, this.structure.address());
		if (result == -Errno.ENOENT.number()) {
			return null;
		}
		check("stat", name, result);
		MemorySegment s = this.structure;
		// struct statx of linux/stat.h, the same on every architecture
		return new FileStatus(s.get(ValueLayout.JAVA_SHORT, 28) & 0xffff, s.get(ValueLayout.JAVA_INT, 20),
				s.get(ValueLayout.JAVA_INT, 24), s.get(ValueLayout.JAVA_LONG, 32), s.get(ValueLayout.JAVA_INT, 16),
				s.get(ValueLayout.JAVA_LONG, 40), s.get(ValueLayout.JAVA_LONG, 48), s.get(ValueLayout.JAVA_LONG, 112),
				s.get(ValueLayout.JAVA_INT, 120), s.get(ValueLayout.JAVA_LONG, 96), s.get(ValueLayout.JAVA_INT, 104),
				s.get(ValueLayout.JAVA_INT, 128), s.get(ValueLayout.JAVA_INT, 132),
				((long) s.get(ValueLayout.JAVA_INT, 136) << 32) | s.get(ValueLayout.JAVA_INT, 140));
	}

	/** Sets the owner, symbolic links not followed. See fchownat(2). */
	public void owner(Fd parent, byte[] name, int uid, int gid) {
		check("chown", name, Linux.attempt(SystemCall.FCHOWNAT, parent.number(), text(this.first, name), uid, gid,
				AT_SYMLINK_NOFOLLOW));
	}

	/**
	 * Sets permissions. Never of a symbolic link: fchmodat(2) follows it.
	 */
	public void permissions(Fd parent, byte[] name, int mode) {
		check("chmod", name, Linux.attempt(SystemCall.FCHMODAT, parent.number(), text(this.first, name), mode));
	}

	/** Sets the time of modification, symbolic links not followed. See utimensat(2). */
	public void modified(Fd parent, byte[] name, long seconds, int nanos) {
		check("set times of", name, Linux.attempt(SystemCall.UTIMENSAT, parent.number(), text(this.first, name),
				times(seconds, nanos), AT_SYMLINK_NOFOLLOW));
	}

	/** Owner, permissions and time of an open file, in the order in which they last. */
	public void attributes(Fd file, int uid, int gid, int mode, long seconds, int nanos) {
		byte[] name = file.name().getBytes(StandardCharsets.UTF_8);
		check("chown", name, Linux.attempt(SystemCall.FCHOWN, file.number(), uid, gid));
		check("chmod", name, Linux.attempt(SystemCall.FCHMOD, file.number(), mode));
		check("set times of", name, Linux.attempt(SystemCall.UTIMENSAT, file.number(), 0, times(seconds, nanos), 0));
	}

	private long times(long seconds, int nanos) {
		for (int i = 0; i < 2; i++) {
			this.structure.set(ValueLayout.JAVA_LONG, i * 16L, seconds);
			this.structure.set(ValueLayout.JAVA_LONG, i * 16L + 8, nanos);
		}
		return this.structure.address();
	}

	/**
	 * Sets an extended attribute, symbolic links not followed. Answers 0 or a negative
	 * error number.
	 */
	public long trySetAttribute(Fd parent, byte[] name, byte[] key, byte[] content) {
		if (content.length > XATTR_SIZE_MAX || key.length >= XATTR_NAME_MAX) {
			return -Errno.E2BIG.number();
		}
		MemorySegment.copy(content, 0, this.value, ValueLayout.JAVA_BYTE, 0, content.length);
		return Linux.attempt(SystemCall.LSETXATTR, inProc(parent, name), text(this.attribute, key),
				this.value.address(), content.length, 0);
	}

	/** The value of an extended attribute, or null if it is not set. */
	public byte @Nullable [] attribute(Fd parent, byte[] name, byte[] key) {
		long result = Linux.attempt(SystemCall.LGETXATTR, inProc(parent, name), text(this.attribute, key),
				this.value.address(), XATTR_SIZE_MAX);
		if (result == -Errno.ENODATA.number()) {
			return null;
		}
		check("getxattr", name, result);
		return this.value.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE);
	}

	/** There is no lsetxattr relative to a descriptor before Linux 6.13. */
	private long inProc(Fd parent, byte[] name) {
		byte[] prefix = ("/proc/self/fd/" + parent.number() + "/").getBytes(StandardCharsets.US_ASCII);
		byte[] path = java.util.Arrays.copyOf(prefix, prefix.length + name.length);
		System.arraycopy(name, 0, path, prefix.length, name.length);
		return text(this.first, path);
	}

	/** The names of a file's extended attributes, symbolic links not followed. */
	public List<byte[]> attributeNames(Fd parent, byte[] name) {
		long length = Linux.attempt(SystemCall.LLISTXATTR, inProc(parent, name), this.value.address(), XATTR_SIZE_MAX);
		if (length == -Errno.EOPNOTSUPP.number()) {
			return List.of();
		}
		check("listxattr", name, length);
		List<byte[]> names = new ArrayList<>();
		long start = 0;
		for (long at = 0; at < length; at++) {
			if (this.value.get(ValueLayout.JAVA_BYTE, at) == 0) {
				names.add(this.value.asSlice(start, at - start).toArray(ValueLayout.JAVA_BYTE));
				start = at + 1;
			}
		}
		return names;
	}

	/** Where a symbolic link leads. See readlinkat(2). */
	public byte[] linkTarget(Fd parent, byte[] name) {
		long length = Linux.attempt(SystemCall.READLINKAT, parent.number(), text(this.first, name),
				this.second.address(), PATH_MAX);
		check("readlink", name, length);
		return this.second.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
	}

	/**
	 * What is at this name, as a place and not open for anything, which would have
	 * effects on a device or a pipe; a symbolic link is not followed.
	 */
	public Fd place(Fd parent, byte[] name) {
		long number = Linux.attempt(SystemCall.OPENAT, parent.number(), text(this.first, name),
				Fd.O_PATH | Fd.O_NOFOLLOW | Fd.O_CLOEXEC);
		check("open", name, number);
		return new Fd(number, show(name));
	}

	/** Opens what a place is, whatever its name leads to by now. */
	public Fd open(Fd place, int flags) {
		byte[] path = ("/proc/self/fd/" + place.number()).getBytes(StandardCharsets.US_ASCII);
		long number = Linux.attempt(SystemCall.OPENAT, Linux.AT_FDCWD, text(this.first, path), flags | Fd.O_CLOEXEC);
		check("open", place.name().getBytes(StandardCharsets.UTF_8), number);
		return new Fd(number, place.name());
	}

	/**
	 * Sets permissions where somebody else may put a symbolic link in the name's place
	 * meanwhile: it is not followed.
	 */
	public void permissionsInPlace(Fd parent, byte[] name, int mode) {
		try (Fd place = place(parent, name)) {
			byte[] path = ("/proc/self/fd/" + place.number()).getBytes(StandardCharsets.US_ASCII);
			check("chmod", name, Linux.attempt(SystemCall.FCHMODAT, Linux.AT_FDCWD, text(this.first, path), mode));
		}
	}

	/** Reads up to so many bytes at the descriptor's position; 0 at the end. */
	public int read(Fd file, byte[] bytes, int length) {
		int count = Math.toIntExact(Linux.call(SystemCall.READ, file.name(), file.number(), this.transfer.address(),
				Math.min(length, TRANSFER)));
		MemorySegment.copy(this.transfer, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
		return count;
	}

	/** Writes all of a range of bytes at the descriptor's position. */
	public void write(Fd file, byte[] bytes, int offset, int length) {
		int done = 0;
		while (done < length) {
			int chunk = Math.min(length - done, TRANSFER);
			MemorySegment.copy(bytes, offset + done, this.transfer, ValueLayout.JAVA_BYTE, 0, chunk);
			done += Math
				.toIntExact(Linux.call(SystemCall.WRITE, file.name(), file.number(), this.transfer.address(), chunk));
		}
	}

	/** See lseek(2), SEEK_SET. */
	public void seek(Fd file, long position) {
		Linux.call(SystemCall.LSEEK, file.name(), file.number(), position, 0);
	}

	/** See ftruncate(2). */
	public void truncate(Fd file, long size) {
		Linux.call(SystemCall.FTRUNCATE, file.name(), file.number(), size);
	}

	/**
	 * Removes a name and everything below it; nothing happens if it is not there. Mounts
	 * and symbolic links are not followed.
	 */
	public void removeAll(Fd parent, byte[] name) {
		FileStatus status = status(parent, name);
		if (status == null) {
			return;
		}
		if (!status.isDirectory()) {
			unlink(parent, name);
			return;
		}
		empty(parent, name);
		check("rmdir", name, Linux.attempt(SystemCall.UNLINKAT, parent.number(), text(this.first, name), AT_REMOVEDIR));
	}

	private void empty(Fd parent, byte[] name) {
		try (Fd directory = directoryForReading(parent, name)) {
			for (Entry entry : list(directory)) {
				if (entry.directory()) {
					removeAll(directory, entry.name());
				}
				else {
					unlink(directory, entry.name());
				}
			}
		}
	}

	/** The names in a directory that is open for reading; see getdents64(2). */
	public List<Entry> list(Fd directory) {
		List<Entry> entries = new ArrayList<>();
		long length;
		while ((length = Linux.call(SystemCall.GETDENTS64, directory.name(), directory.number(),
				this.transfer.address(), TRANSFER)) > 0) {
			int record;
			for (long at = 0; at < length; at += record) {
				record = this.transfer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
				addEntry(entries, this.transfer.asSlice(at, record));
			}
		}
		return entries;
	}

	/** Of dirent.h: 0 is a file system that does not tell, so it has to be asked. */
	private static void addEntry(List<Entry> entries, MemorySegment record) {
		int length = 0;
		while (record.get(ValueLayout.JAVA_BYTE, 19 + length) != 0) {
			length++;
		}
		byte[] name = record.asSlice(19, length).toArray(ValueLayout.JAVA_BYTE);
		byte type = record.get(ValueLayout.JAVA_BYTE, 18);
		boolean dots = (length == 1 && name[0] == '.') || (length == 2 && name[0] == '.' && name[1] == '.');
		if (!dots) {
			entries.add(new Entry(name, type == 4 || type == 0));
		}
	}

	private static long text(MemorySegment memory, byte[] bytes) {
		if (bytes.length >= memory.byteSize()) {
			throw refused("use", bytes, -Errno.ENAMETOOLONG.number());
		}
		MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
		memory.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
		return memory.address();
	}

	/** Throws for a negative error number. */
	public static void check(String operation, byte[] name, long result) {
		if (result < 0) {
			throw refused(operation, name, result);
		}
	}

	private static LinuxException refused(String operation, byte[] name, long result) {
		return new LinuxException(operation, show(name), Errno.of(-result));
	}

	/** For messages: a name may hold anything, terminal control sequences too. */
	private static String show(byte[] name) {
		return new String(name, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
	}

	@Override
	public void close() {
		this.arena.close();
	}

	/**
	 * A name in a directory.
	 *
	 * @param name its bytes
	 * @param directory whether it is, or may be, a directory
	 */
	public record Entry(byte[] name, boolean directory) {

	}

}
