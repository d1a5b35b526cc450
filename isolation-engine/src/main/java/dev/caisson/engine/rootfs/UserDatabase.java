package dev.caisson.engine.rootfs;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.spec.InvalidSpecException;

/**
 * The users and groups of an image: its /etc/passwd and /etc/group, read from inside its
 * root and trusted in nothing. See passwd(5) and group(5). Either file may be missing; a
 * line that is not of their form is passed over.
 */
public final class UserDatabase {

	/** Far above what distributions and directories of users write. */
	private static final int LARGEST = 4 << 20;

	private final List<User> users;

	private final List<Group> groups;

	UserDatabase(String passwd, String group) {
		this.users = passwd.lines().map(User::parse).flatMap(Optional::stream).toList();
		this.groups = group.lines().map(Group::parse).flatMap(Optional::stream).toList();
	}

	/** From the texts of both files. */
	public static UserDatabase parse(String passwd, String group) {
		return new UserDatabase(passwd, group);
	}

	/**
	 * Reads the files.
	 * @param root the root directory of the image
	 * @throws InvalidSpecException if one is no regular file, or far too large
	 */
	public static UserDatabase read(Fd root) {
		ImageRoot image = new ImageRoot(root);
		try {
			return new UserDatabase(image.read("/etc/passwd", LARGEST).orElse(""),
					image.read("/etc/group", LARGEST).orElse(""));
		}
		catch (LinuxException ex) {
			throw new InvalidSpecException("Config.User", "the image's users cannot be read: " + ex.getMessage());
		}
	}

	/**
	 * Resolves {@code user[:group]} and additional groups, by name or number, as Docker
	 * does: a number need not be known to the image, a name must.
	 * @throws InvalidSpecException in Docker's words if a name is unknown
	 */
	public ResolvedUser resolve(String declared, List<String> additionalGroups) {
		int colon = declared.indexOf(':');
		String name = (colon < 0) ? declared : declared.substring(0, colon);
		String group = (colon < 0) ? "" : declared.substring(colon + 1);
		OptionalInt number = name.isEmpty() ? OptionalInt.of(0) : number("Config.User", name);
		Optional<User> user = this.users.stream()
			.filter((each) -> number.isPresent() ? each.uid() == number.getAsInt() : each.name().equals(name))
			.findFirst();
		if (user.isEmpty() && number.isEmpty()) {
			throw unknown("Config.User", "user " + name, "passwd");
		}
		int gid = group.isEmpty() ? user.map(User::gid).orElse(0) : group("Config.User", group);
		Set<Integer> all = new LinkedHashSet<>();
		all.add(gid);
		if (group.isEmpty()) {
			user.ifPresent((known) -> addMemberships(known.name(), all));
		}
		additionalGroups.forEach((additional) -> all.add(group("HostConfig.GroupAdd", additional)));
		return new ResolvedUser(user.map(User::uid).orElseGet(() -> number.orElse(0)), gid, List.copyOf(all),
				user.map(User::home).filter((home) -> home.startsWith("/") && home.indexOf('\0') < 0).orElse("/"));
	}

	private void addMemberships(String user, Set<Integer> all) {
		this.groups.stream().filter((group) -> group.members().contains(user)).map(Group::gid).forEach(all::add);
	}

	private int group(String field, String declared) {
		OptionalInt number = number(field, declared);
		return number.isPresent() ? number.getAsInt()
				: this.groups.stream()
					.filter((group) -> group.name().equals(declared))
					.mapToInt(Group::gid)
					.findFirst()
					.orElseThrow(() -> unknown(field, "group " + declared, "group"));
	}

	private static InvalidSpecException unknown(String field, String what, String file) {
		return new InvalidSpecException(field, "unable to find " + what + ": no matching entries in " + file + " file");
	}

	private static OptionalInt number(String field, String text) {
		if (text.isEmpty() || !text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return OptionalInt.empty();
		}
		OptionalInt number = parse(text);
		if (number.isEmpty()) {
			throw new InvalidSpecException(field, "uids and gids must be in range 0-" + Integer.MAX_VALUE);
		}
		return number;
	}

	private static OptionalInt parse(String text) {
		try {
			int value = Integer.parseInt(text);
			return (value < 0) ? OptionalInt.empty() : OptionalInt.of(value);
		}
		catch (NumberFormatException ex) {
			return OptionalInt.empty();
		}
	}

	private record User(String name, int uid, int gid, String home) {

		static Optional<User> parse(String line) {
			String[] fields = line.split(":", -1);
			if (fields.length < 6) {
				return Optional.empty();
			}
			OptionalInt uid = UserDatabase.parse(fields[2]);
			OptionalInt gid = UserDatabase.parse(fields[3]);
			return (uid.isEmpty() || gid.isEmpty()) ? Optional.empty()
					: Optional.of(new User(fields[0], uid.getAsInt(), gid.getAsInt(), fields[5]));
		}

	}

	private record Group(String name, int gid, List<String> members) {

		static Optional<Group> parse(String line) {
			String[] fields = line.split(":", -1);
			if (fields.length < 4) {
				return Optional.empty();
			}
			OptionalInt gid = UserDatabase.parse(fields[2]);
			return gid.isEmpty() ? Optional.empty()
					: Optional.of(new Group(fields[0], gid.getAsInt(), List.of(fields[3].split(","))));
		}

	}

}
