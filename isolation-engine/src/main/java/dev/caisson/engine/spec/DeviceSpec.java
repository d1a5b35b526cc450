package dev.caisson.engine.spec;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Devices beyond the standard ones.
 *
 * @param nodes device nodes of the host that appear in the container
 * @param rules of the device cgroup, {@code --device-cgroup-rule}
 */
public record DeviceSpec(List<Node> nodes, List<Rule> rules) {

	public static final DeviceSpec NONE = new DeviceSpec(List.of(), List.of());

	public DeviceSpec {
		nodes = List.copyOf(nodes);
		rules = List.copyOf(rules);
	}

	/**
	 * A device node.
	 *
	 * @param host its path on the host
	 * @param path its path in the container
	 * @param access some of {@code rwm}
	 */
	public record Node(Path host, String path, String access) {

		public Node {
			checkAccess("HostConfig.Devices", access);
			if (!path.startsWith("/")) {
				throw new InvalidSpecException("HostConfig.Devices", "invalid device path: '" + path + "'");
			}
		}

	}

	/**
	 * A rule of the device cgroup.
	 *
	 * @param type {@code a}, {@code b} or {@code c}
	 * @param major the major number; -1 is any
	 * @param minor the minor number; -1 is any
	 * @param access some of {@code rwm}
	 */
	public record Rule(char type, int major, int minor, String access) {

		private static final Pattern FORM = Pattern.compile("([acb]) (\\d+|\\*):(\\d+|\\*) ([rwm]{1,3})");

		public Rule {
			checkAccess("HostConfig.DeviceCgroupRules", access);
		}

		/** Parses {@code c 42:* rwm}. */
		public static Rule parse(String text) {
			var matcher = FORM.matcher(text);
			if (!matcher.matches()) {
				throw new InvalidSpecException("HostConfig.DeviceCgroupRules",
						"invalid device cgroup rule format: '" + text + "'");
			}
			return new Rule(matcher.group(1).charAt(0), number(matcher.group(2)), number(matcher.group(3)),
					matcher.group(4));
		}

		private static int number(String text) {
			if (text.equals("*")) {
				return -1;
			}
			try {
				return Integer.parseInt(text);
			}
			catch (NumberFormatException ex) {
				throw new InvalidSpecException("HostConfig.DeviceCgroupRules",
						"invalid device cgroup rule format: number '" + text + "' is too large");
			}
		}

	}

	private static void checkAccess(String field, String access) {
		if (access.isEmpty() || !access.chars().allMatch((c) -> "rwm".indexOf(c) >= 0)
				|| access.chars().distinct().count() != access.length()) {
			throw new InvalidSpecException(field, "invalid device mode: " + access);
		}
	}

}
