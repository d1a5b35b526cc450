package dev.caisson.engine.selinux;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An SELinux security context.
 *
 * @param user SELinux user
 * @param role role
 * @param type type or domain
 * @param level MLS/MCS level; empty under a policy without levels
 */
record SecurityContext(String user, String role, String type, String level) {

	private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

	private static final Pattern LEVEL = Pattern.compile("[A-Za-z0-9_.:,-]{1,256}");

	private static final int PARTS = 4;

	static Optional<SecurityContext> parse(String text) {
		String[] parts = text.split(":", PARTS);
		if (parts.length < PARTS - 1 || !isPart(parts[0]) || !isPart(parts[1]) || !isPart(parts[2])) {
			return Optional.empty();
		}
		String level = (parts.length == PARTS) ? parts[PARTS - 1] : "";
		return (level.isEmpty() || isLevel(level))
				? Optional.of(new SecurityContext(parts[0], parts[1], parts[2], level)) : Optional.empty();
	}

	static boolean isPart(String text) {
		return PART.matcher(text).matches();
	}

	static boolean isLevel(String text) {
		return LEVEL.matcher(text).matches();
	}

	/** This one with those parts replaced that are not empty. */
	SecurityContext with(String otherUser, String otherRole, String otherType, String otherLevel) {
		return new SecurityContext(otherUser.isEmpty() ? this.user : otherUser,
				otherRole.isEmpty() ? this.role : otherRole, otherType.isEmpty() ? this.type : otherType,
				otherLevel.isEmpty() ? this.level : otherLevel);
	}

	@Override
	public String toString() {
		String text = this.user + ":" + this.role + ":" + this.type;
		return this.level.isEmpty() ? text : text + ":" + this.level;
	}

}
