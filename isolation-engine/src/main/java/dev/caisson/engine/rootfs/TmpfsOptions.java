package dev.caisson.engine.rootfs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.InvalidSpecException;

/**
 * The options of a tmpfs, told apart as mount(2) wants them. Source: tmpfs(5), mount(8).
 *
 * @param flags of the mount; noexec, nosuid and nodev unless taken back
 * @param data of the file system, {@code key=value} each
 */
record TmpfsOptions(Set<MountFlag> flags, List<String> data) {

	private static final Set<MountFlag> DEFAULT = EnumSet.of(MountFlag.MS_NOEXEC, MountFlag.MS_NOSUID,
			MountFlag.MS_NODEV);

	private static final Map<String, MountFlag> SETTING = Map.ofEntries(Map.entry("ro", MountFlag.MS_RDONLY),
			Map.entry("nosuid", MountFlag.MS_NOSUID), Map.entry("nodev", MountFlag.MS_NODEV),
			Map.entry("noexec", MountFlag.MS_NOEXEC), Map.entry("sync", MountFlag.MS_SYNCHRONOUS),
			Map.entry("dirsync", MountFlag.MS_DIRSYNC), Map.entry("noatime", MountFlag.MS_NOATIME),
			Map.entry("nodiratime", MountFlag.MS_NODIRATIME), Map.entry("relatime", MountFlag.MS_RELATIME),
			Map.entry("strictatime", MountFlag.MS_STRICTATIME), Map.entry("lazytime", MountFlag.MS_LAZYTIME));

	private static final Map<String, MountFlag> CLEARING = Map.ofEntries(Map.entry("rw", MountFlag.MS_RDONLY),
			Map.entry("suid", MountFlag.MS_NOSUID), Map.entry("dev", MountFlag.MS_NODEV),
			Map.entry("exec", MountFlag.MS_NOEXEC), Map.entry("async", MountFlag.MS_SYNCHRONOUS),
			Map.entry("atime", MountFlag.MS_NOATIME), Map.entry("diratime", MountFlag.MS_NODIRATIME),
			Map.entry("norelatime", MountFlag.MS_RELATIME), Map.entry("nostrictatime", MountFlag.MS_STRICTATIME),
			Map.entry("nolazytime", MountFlag.MS_LAZYTIME));

	private static final Map<String, Pattern> DATA = Map.of("size", Pattern.compile("\\d{1,18}[kKmMgG]?|\\d{1,3}%"),
			"mode", Pattern.compile("[0-7]{1,4}"), "uid", Pattern.compile("\\d{1,10}"), "gid",
			Pattern.compile("\\d{1,10}"), "nr_inodes", Pattern.compile("\\d{1,18}[kKmMgG]?"), "nr_blocks",
			Pattern.compile("\\d{1,18}[kKmMgG]?"), "mpol", Pattern.compile("[a-z]+([=:][a-z0-9-]+)*"), "huge",
			Pattern.compile("never|always|within_size|advise"));

	TmpfsOptions {
		flags = Set.copyOf(flags);
		data = List.copyOf(data);
	}

	/**
	 * Parses options, of which a later one takes back an earlier.
	 * @throws InvalidSpecException if one is unknown or has a value that cannot be
	 */
	static TmpfsOptions parse(List<String> options, boolean readOnly) {
		Set<MountFlag> flags = EnumSet.copyOf(DEFAULT);
		List<String> data = new ArrayList<>();
		for (String option : options) {
			if (SETTING.containsKey(option)) {
				flags.add(SETTING.get(option));
			}
			else if (CLEARING.containsKey(option)) {
				flags.remove(CLEARING.get(option));
			}
			else if (!option.equals("defaults")) {
				checkData(option);
				String key = option.substring(0, option.indexOf('=') + 1);
				data.removeIf((earlier) -> earlier.startsWith(key));
				data.add(option);
			}
		}
		if (readOnly) {
			flags.add(MountFlag.MS_RDONLY);
		}
		return new TmpfsOptions(flags, data);
	}

	private static void checkData(String option) {
		int equals = option.indexOf('=');
		Pattern form = (equals > 0) ? DATA.get(option.substring(0, equals)) : null;
		if (form == null) {
			throw new InvalidSpecException("HostConfig.Tmpfs", "Invalid tmpfs option \"" + option + '"');
		}
		if (!form.matcher(option.substring(equals + 1)).matches()) {
			throw new InvalidSpecException("HostConfig.Tmpfs", "Invalid tmpfs option \"" + option + "\": bad value");
		}
	}

	/** The options for mount(2). */
	String text(int modeUnlessGiven, String label) {
		List<String> all = new ArrayList<>(this.data);
		if (all.stream().noneMatch((option) -> option.startsWith("mode="))) {
			all.add("mode=" + Integer.toOctalString(modeUnlessGiven));
		}
		return labelled(String.join(",", all), label);
	}

	/** Adds the SELinux label of all files in a file system. */
	static String labelled(String data, String label) {
		if (label.isEmpty()) {
			return data;
		}
		return (data.isEmpty() ? "" : data + ",") + "context=\"" + label + '"';
	}

}
