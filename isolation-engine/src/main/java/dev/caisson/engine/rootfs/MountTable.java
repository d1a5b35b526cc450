package dev.caisson.engine.rootfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.LinuxException;

/**
 * The mounts that a process sees, as the kernel tells them in proc_pid_mountinfo(5).
 *
 * @param entries in the kernel's order: what is mounted later comes later
 */
public record MountTable(List<Entry> entries) {

	/** Where the optional fields begin. */
	private static final int OPTIONAL = 6;

	public MountTable {
		entries = List.copyOf(entries);
	}

	/**
	 * One mount.
	 *
	 * @param id of the mount, reused after its end
	 * @param parent the mount it is mounted on
	 * @param device major:minor of its files
	 * @param root the directory of the file system that is its root
	 * @param target where it is mounted, relative to the process's root
	 * @param options of this mount
	 * @param sharedWith peer group to and from which mount events spread
	 * @param slaveOf peer group from which mount events come
	 * @param type of the file system
	 * @param source as given to mount(2)
	 * @param superOptions of the file system
	 */
	public record Entry(int id, int parent, String device, String root, String target, List<String> options,
			OptionalInt sharedWith, OptionalInt slaveOf, String type, String source, String superOptions) {

		public Entry {
			options = List.copyOf(options);
		}

		public boolean readOnly() {
			return this.options.contains("ro");
		}

		/** The word of mount_namespaces(7): private, shared, slave or both. */
		public String propagation() {
			if (this.sharedWith.isEmpty()) {
				return this.slaveOf.isEmpty() ? "private" : "slave";
			}
			return this.slaveOf.isEmpty() ? "shared" : "shared,slave";
		}

	}

	/**
	 * Reads back what a running process sees.
	 * @throws LinuxException ESRCH if it has ended
	 */
	public static MountTable observe(int pid) {
		return read(Path.of("/proc", Integer.toString(pid), "mountinfo"));
	}

	/** What this process sees. */
	static MountTable own() {
		return read(Path.of("/proc/self/mountinfo"));
	}

	/** What is visible at a path: the last that was mounted there. */
	public Optional<Entry> at(String target) {
		return this.entries.stream().filter((entry) -> entry.target().equals(target)).reduce((_, later) -> later);
	}

	private static MountTable read(Path file) {
		try {
			// paths are bytes of unknown encoding; Latin-1 keeps each of them until
			// unescaped
			return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
		}
		catch (IOException ex) {
			throw new LinuxException("read", file.toString(), Errno.ESRCH, "the process has ended");
		}
	}

	static MountTable parse(String text) {
		return new MountTable(text.lines().map(MountTable::parseLine).toList());
	}

	private static Entry parseLine(String line) {
		String[] fields = line.split(" ");
		int separator = Arrays.asList(fields).indexOf("-");
		List<String> optional = Arrays.asList(fields).subList(OPTIONAL, separator);
		return new Entry(Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), fields[2], unescape(fields[3]),
				unescape(fields[4]), List.of(fields[5].split(",")), group(optional, "shared:"),
				group(optional, "master:"), fields[separator + 1], unescape(fields[separator + 2]),
				fields[separator + 3]);
	}

	private static OptionalInt group(List<String> optional, String key) {
		return optional.stream()
			.filter((field) -> field.startsWith(key))
			.mapToInt((field) -> Integer.parseInt(field.substring(key.length())))
			.findFirst();
	}

	/** Space, tab, newline and backslash come as {@code \040} and the like. */
	private static String unescape(String field) {
		List<Byte> bytes = new ArrayList<>(field.length());
		for (int i = 0; i < field.length(); i++) {
			boolean escape = field.charAt(i) == '\\' && i + 3 < field.length();
			bytes.add((byte) (escape ? Integer.parseInt(field.substring(i + 1, i + 4), 8) : field.charAt(i)));
			i += escape ? 3 : 0;
		}
		byte[] all = new byte[bytes.size()];
		for (int i = 0; i < all.length; i++) {
			all[i] = bytes.get(i);
		}
		return new String(all, StandardCharsets.UTF_8);
	}

}
