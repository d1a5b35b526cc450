package dev.caisson.engine.selinux;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.PrivilegeSpec.SelinuxChoice;

/** The values of {@code --security-opt label=…}. */
public final class LabelOptions {

	private static final Set<String> NAMES = Set.of("user", "role", "type", "level", "filetype");

	private LabelOptions() {
	}

	/**
	 * Reads the options: {@code disable}, or a part of a context, such as
	 * {@code type:svirt_apache_t}. The last of each kind counts, {@code disable} beats
	 * all.
	 * @param options without {@code label=}
	 * @throws InvalidSpecException if one is not known or not well-formed
	 */
	public static SelinuxChoice parse(List<String> options) {
		Map<String, String> parts = new HashMap<>();
		boolean disabled = false;
		for (String option : options) {
			if (option.equals("disable")) {
				disabled = true;
			}
			else {
				String[] pair = split(option);
				parts.put(pair[0], pair[1]);
			}
		}
		if (disabled) {
			return new SelinuxChoice.Disabled();
		}
		return parts.isEmpty() ? new SelinuxChoice.Default()
				: new SelinuxChoice.Given(parts.getOrDefault("user", ""), parts.getOrDefault("role", ""),
						parts.getOrDefault("type", ""), parts.getOrDefault("level", ""),
						parts.getOrDefault("filetype", ""));
	}

	private static String[] split(String option) {
		String[] pair = option.split(":", 2);
		if (pair.length != 2 || !NAMES.contains(pair[0])) {
			throw new InvalidSpecException("HostConfig.SecurityOpt", "bad label option \"" + option
					+ "\", valid options 'disable' or 'user, role, level, type, filetype' followed by ':' and a value");
		}
		boolean right = pair[0].equals("level") ? SecurityContext.isLevel(pair[1]) : SecurityContext.isPart(pair[1]);
		if (!right) {
			throw new InvalidSpecException("HostConfig.SecurityOpt",
					"bad label option \"" + option + "\": not a valid " + pair[0]);
		}
		return pair;
	}

}
