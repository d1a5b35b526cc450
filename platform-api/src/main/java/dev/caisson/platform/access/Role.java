package dev.caisson.platform.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import dev.caisson.platform.server.BadParameterException;

/** What somebody may do. */
public enum Role {

	VIEWER(Permission.READ), OPERATOR(Permission.READ, Permission.OPERATE), AUDITOR(Permission.READ, Permission.AUDIT),
	ADMIN(Permission.READ, Permission.OPERATE, Permission.AUDIT, Permission.ADMINISTER);

	private final Set<Permission> permissions;

	Role(Permission... permissions) {
		this.permissions = EnumSet.of(Permission.OWN, permissions);
	}

	public boolean may(Permission permission) {
		return this.permissions.contains(permission);
	}

	/** Whether this one may do nothing that another may not. */
	public boolean isWithin(Role other) {
		return other.permissions.containsAll(this.permissions);
	}

	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The role of a word.
	 * @throws BadParameterException if there is none
	 */
	static Role named(String word) {
		return Arrays.stream(values())
			.filter((role) -> role.word().equals(word))
			.findFirst()
			.orElseThrow(() -> new BadParameterException("invalid role \"" + word + "\": use one of "
					+ Arrays.stream(values()).map(Role::word).collect(Collectors.joining(", "))));
	}

}
