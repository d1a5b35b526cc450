package dev.caisson.platform.container.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import dev.caisson.engine.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/** The options of a tmpfs. */
final class TmpfsWords {

	private static final Pattern OPTION = Pattern
		.compile("defaults|ro|rw|(no)?(suid|dev|exec|atime|diratime|relatime|strictatime)|sync|async|dirsync"
				+ "|size=(\\d{1,18}[kKmMgG]?|\\d{1,3}%)|mode=[0-7]{1,4}|[ug]id=\\d{1,10}"
				+ "|nr_(inodes|blocks)=\\d{1,18}[kKmMgG]?|mpol=[a-z]+([=:][a-z0-9-]+)*");

	private TmpfsWords() {
	}

	/** Takes {@code rw,size=64m} apart; a later option takes back an earlier. */
	static List<String> merge(String text) {
		List<String> options = new ArrayList<>();
		for (String option : text.split(",")) {
			if (!option.isEmpty()) {
				options.add(check(option));
			}
		}
		if (options.lastIndexOf("rw") > options.lastIndexOf("ro")) {
			options.remove("ro");
		}
		return options;
	}

	static List<String> of(MountRequest.@Nullable TmpfsOptions request) {
		List<String> options = new ArrayList<>();
		if (request != null) {
			request.options().forEach((option) -> options.add(check(String.join("=", option))));
			if (request.sizeBytes() != 0) {
				options.add("size=" + request.sizeBytes());
			}
			if (request.mode() != 0) {
				options.add("mode=" + Integer.toOctalString(request.mode()));
			}
		}
		return options;
	}

	private static String check(String option) {
		if (!OPTION.matcher(option).matches()) {
			throw new InvalidSpecException("HostConfig.Tmpfs", "invalid tmpfs option \"" + option + "\"");
		}
		return option;
	}

}
