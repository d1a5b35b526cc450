package dev.caisson.platform.container.definition;

import java.util.ArrayList;
import java.util.List;

import dev.caisson.engine.capability.Capabilities;
import dev.caisson.engine.seccomp.SeccompProfile;
import dev.caisson.engine.selinux.LabelOptions;
import dev.caisson.engine.spec.InvalidSpecException;
import dev.caisson.engine.spec.PrivilegeSpec;
import dev.caisson.engine.spec.PrivilegeSpec.SeccompChoice;

/** What the container's processes may do. */
final class PrivilegeWords {

	private static final String FIELD = "HostConfig.SecurityOpt";

	private PrivilegeWords() {
	}

	static PrivilegeSpec translate(HostConfig host) {
		SecurityOptions options = SecurityOptions.parse(host.securityOpt());
		return new PrivilegeSpec(host.privileged(),
				Capabilities.resolve(host.capAdd(), host.capDrop(), host.privileged()), options.noNewPrivileges(),
				seccomp(options.seccomp(), host.privileged()), LabelOptions.parse(options.labels()),
				options.unmasked() ? List.of() : host.maskedPaths(),
				options.unmasked() ? List.of() : host.readonlyPaths());
	}

	static List<String> warnings(HostConfig host) {
		return SecurityOptions.parse(host.securityOpt()).apparmor()
				? List.of("AppArmor is not supported, the profile is ignored.") : List.of();
	}

	private static SeccompChoice seccomp(String value, boolean privileged) {
		if (value.isEmpty()) {
			return privileged ? new SeccompChoice.Unconfined() : new SeccompChoice.Default();
		}
		if (value.equals("unconfined")) {
			return new SeccompChoice.Unconfined();
		}
		if (value.equals("builtin")) {
			return new SeccompChoice.Default();
		}
		if (!value.stripLeading().startsWith("{")) {
			throw new InvalidSpecException(FIELD, "Decoding seccomp profile failed: \"" + value
					+ "\" is no profile: use unconfined, builtin, or the JSON text of a profile");
		}
		SeccompProfile.parse(value);
		return new SeccompChoice.Custom(value);
	}

	/**
	 * The words of {@code --security-opt}.
	 *
	 * @param seccomp a profile, a word, or empty
	 * @param labels of {@code label=}, in order
	 * @param noNewPrivileges whether execve grants nothing
	 * @param apparmor whether a profile was asked for
	 * @param unmasked whether nothing of /proc and /sys is hidden
	 */
	private record SecurityOptions(String seccomp, List<String> labels, boolean noNewPrivileges, boolean apparmor,
			boolean unmasked) {

		static SecurityOptions parse(List<String> texts) {
			String seccomp = "";
			List<String> labels = new ArrayList<>();
			boolean noNewPrivileges = false;
			boolean apparmor = false;
			boolean unmasked = false;
			for (String text : texts) {
				String value = valueOf(text);
				switch (nameOf(text)) {
					case "no-new-privileges" -> noNewPrivileges = truth(text, value);
					case "seccomp" -> seccomp = value;
					case "label" -> labels.add(value);
					case "apparmor" -> apparmor = !value.equals("unconfined");
					case "systempaths" -> unmasked = unconfined(text, value);
					case "disable" -> labels.add("disable");
					default -> throw new InvalidSpecException(FIELD, "invalid --security-opt 2: \"" + text + "\"");
				}
			}
			return new SecurityOptions(seccomp, List.copyOf(labels), noNewPrivileges, apparmor, unmasked);
		}

		private static String nameOf(String text) {
			int end = separator(text);
			String name = (end < 0) ? text : text.substring(0, end);
			if (end < 0 && !name.equals("no-new-privileges") && !name.equals("disable")) {
				throw new InvalidSpecException(FIELD, "invalid --security-opt 1: \"" + text + "\"");
			}
			return name;
		}

		private static String valueOf(String text) {
			int end = separator(text);
			return (end < 0) ? "" : text.substring(end + 1);
		}

		/** The first equals sign or, of old clients, colon. */
		private static int separator(String text) {
			int equals = text.indexOf('=');
			int colon = text.indexOf(':');
			return (equals < 0 || (colon >= 0 && colon < equals)) ? colon : equals;
		}

		private static boolean truth(String text, String value) {
			return switch (value) {
				case "", "true", "1", "t", "T", "TRUE", "True" -> true;
				case "false", "0", "f", "F", "FALSE", "False" -> false;
				default -> throw new InvalidSpecException(FIELD, "invalid --security-opt 2: \"" + text + "\"");
			};
		}

		private static boolean unconfined(String text, String value) {
			if (!value.equals("unconfined")) {
				throw new InvalidSpecException(FIELD, "invalid --security-opt 2: \"" + text + "\"");
			}
			return true;
		}

	}

}
