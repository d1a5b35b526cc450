package dev.caisson.engine.capability;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchFrame;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.ProcessStatus;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.Capability;
import dev.caisson.engine.spec.CapabilitySet;
import dev.caisson.engine.spec.InvalidSpecException;

/**
 * Which capabilities a container gets, how its first process comes down to them, and
 * which a process has, see capabilities(7).
 * <p>
 * The plan steps give up what a program shall not have. They belong at the end of the
 * child's section, in this order: <pre>
 *   SELinux label, session key ring   while /proc and keyctl are there
 *   {@link #planBounding}                     needs CAP_SETPCAP
 *   seccomp, unless no_new_privs      needs CAP_SYS_ADMIN, which the next step takes away
 *   {@link #planUser}                         needs CAP_SETGID, CAP_SETUID
 *   {@link #planNoNewPrivileges}              if asked for
 *   seccomp, if no_new_privs          needs nothing any more
 *   execve
 * </pre> Seccomp comes as late as the kernel lets it, so that a profile must allow as
 * little as possible of the launch itself: with no_new_privs execve alone, otherwise also
 * setgroups, setresgid, setresuid, capset and prctl.
 */
public final class Capabilities {

	private static final String ALL = "ALL";

	private static final String PREFIX = "CAP_";

	/** Of linux/prctl.h. */
	private static final int PR_CAPBSET_DROP = 24, PR_SET_NO_NEW_PRIVS = 38;

	/** Of linux/capability.h. */
	private static final int LINUX_CAPABILITY_VERSION_3 = 0x20080522;

	private Capabilities() {
	}

	/**
	 * What this process can give away: its bounding set, as far as it is permitted too.
	 */
	public static CapabilitySet ofHost() {
		ProcessStatus status = ProcessStatus.ofSelf();
		return new CapabilitySet(status.bits("CapBnd") & status.bits("CapPrm")).intersect(CapabilitySet.ALL);
	}

	/**
	 * What a container is to have, by Docker's rules: privileged is everything; with
	 * {@code ALL} added, everything but what is dropped; with {@code ALL} dropped, only
	 * what is added; else the default without what is dropped and with what is added, the
	 * added being the stronger.
	 * @param add names in any case, with or without {@code CAP_}
	 * @param drop likewise
	 * @throws InvalidSpecException if a name is unknown, privileged or not
	 */
	public static CapabilitySet resolve(List<String> add, List<String> drop, boolean privileged) {
		CapabilitySet added = named("CapAdd", add);
		CapabilitySet dropped = named("CapDrop", drop);
		if (privileged) {
			return CapabilitySet.ALL;
		}
		if (containsAll(add)) {
			return CapabilitySet.ALL.without(dropped);
		}
		if (containsAll(drop)) {
			return added;
		}
		return CapabilitySet.DEFAULT.without(dropped).with(added);
	}

	private static CapabilitySet named(String field, List<String> names) {
		return CapabilitySet.of(names.stream()
			.filter((name) -> !name.equalsIgnoreCase(ALL))
			.map((name) -> named(field, name))
			.toList());
	}

	private static Capability named(String field, String name) {
		String upper = name.toUpperCase(Locale.ROOT);
		String full = upper.startsWith(PREFIX) ? upper : PREFIX + upper;
		for (Capability capability : Capability.values()) {
			if (capability.name().equals(full)) {
				return capability;
			}
		}
		throw new InvalidSpecException("HostConfig." + field,
				"invalid " + field + ": unknown capability: \"" + full + "\"");
	}

	private static boolean containsAll(List<String> names) {
		return names.stream().anyMatch(ALL::equalsIgnoreCase);
	}

	/**
	 * Parts a wish into what this host can give and what it lacks.
	 * @param wanted what the container is to have
	 * @param host what there is, see {@link #ofHost()}
	 */
	public static Granted grant(CapabilitySet wanted, CapabilitySet host) {
		return new Granted(wanted.intersect(host), wanted.without(host));
	}

	/**
	 * Takes capabilities out of the bounding set, for good.
	 * @param keep what stays
	 * @param host what there is before, see {@link #ofHost()}; in a user namespace of the
	 * container's own {@link CapabilitySet#ALL}
	 */
	public static void planBounding(LaunchPlan.Section child, CapabilitySet keep, CapabilitySet host) {
		for (Capability capability : host.without(keep).members()) {
			child.call("drop " + capability.name() + " from the bounding set", SystemCall.PRCTL,
					Arg.flags(PR_CAPBSET_DROP, "PR_CAPBSET_DROP"), Arg.flags(capability.ordinal(), capability.name()),
					Arg.number(0), Arg.number(0), Arg.number(0));
		}
	}

	/**
	 * Becomes the user, with its groups, and keeps of the capabilities what Docker gives:
	 * root has them permitted and effective, any other user has none (but could gain
	 * those of the bounding set from a file's). Inheritable and with it ambient are
	 * empty: inheritable ones once let any user of an image gain them (CVE-2022-24769).
	 * @param uid in the container's user namespace
	 * @param gid likewise
	 * @param groups additional ones; the process has no others afterwards
	 * @param capabilities of root; must be in the bounding set
	 */
	public static void planUser(LaunchPlan.Section child, int uid, int gid, int[] groups, CapabilitySet capabilities) {
		// groups before the user: afterwards CAP_SETGID is gone
		child.call("set the additional groups", SystemCall.SETGROUPS, Arg.number(groups.length),
				(groups.length == 0) ? Arg.NULL : groups(groups));
		child.call("become group " + id(gid), SystemCall.SETRESGID, number(gid), number(gid), number(gid));
		child.call("become user " + id(uid), SystemCall.SETRESUID, number(uid), number(uid), number(uid));
		CapabilitySet kept = (uid == 0) ? capabilities : CapabilitySet.NONE;
		child.call("set the capabilities", SystemCall.CAPSET, header(), data(kept));
		// the kernel forgets the signal when the user changes, see prctl(2)
		LaunchFrame.planDieWithKeeper(child);
	}

	/** Makes sure that execve grants nothing any more, see prctl(2). Cannot be undone. */
	public static void planNoNewPrivileges(LaunchPlan.Section child) {
		child.call("set no_new_privs", SystemCall.PRCTL, Arg.flags(PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS"),
				Arg.number(1), Arg.number(0), Arg.number(0), Arg.number(0));
	}

	/**
	 * What the kernel says of a process.
	 * @throws java.io.UncheckedIOException if there is no such process
	 */
	public static CapabilityReport observe(long pid) {
		return CapabilityReport.of(ProcessStatus.of(pid));
	}

	private static Arg groups(int[] groups) {
		ByteBuffer bytes = buffer(groups.length * Integer.BYTES);
		for (int group : groups) {
			bytes.putInt(group);
		}
		return new Arg.Bytes(bytes.array(),
				Arrays.stream(groups).mapToObj(Capabilities::id).collect(Collectors.joining(", ", "[", "]")));
	}

	/** struct __user_cap_header_struct; pid 0 is the caller. */
	private static Arg header() {
		return new Arg.Bytes(buffer(8).putInt(LINUX_CAPABILITY_VERSION_3).putInt(0).array(),
				"{_LINUX_CAPABILITY_VERSION_3, 0}");
	}

	/** Two of struct __user_cap_data_struct, for the lower and the upper 32. */
	private static Arg data(CapabilitySet set) {
		ByteBuffer bytes = buffer(24);
		for (int part = 0; part < 2; part++) {
			int bits = (int) (set.bits() >>> (part * Integer.SIZE));
			bytes.putInt(bits).putInt(bits).putInt(0);
		}
		String hex = "0x" + Long.toHexString(set.bits());
		return new Arg.Bytes(bytes.array(), "{effective=" + hex + ", permitted=" + hex + ", inheritable=0}");
	}

	private static ByteBuffer buffer(int size) {
		return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
	}

	private static Arg number(int id) {
		return Arg.flags(Integer.toUnsignedLong(id), id(id));
	}

	private static String id(int id) {
		return Integer.toUnsignedString(id);
	}

	/**
	 * What a container gets.
	 *
	 * @param capabilities what can be given
	 * @param missing what was asked for, but the host itself does not have
	 */
	public record Granted(CapabilitySet capabilities, CapabilitySet missing) {

		/** What to tell the client; empty if nothing is missing. */
		public List<String> warnings() {
			if (this.missing.isEmpty()) {
				return List.of();
			}
			String names = String.join(", ", this.missing.members().stream().map(Enum::name).toList());
			return List
				.of("The host does not have the following capabilities, so the container runs without them: " + names);
		}

	}

}
