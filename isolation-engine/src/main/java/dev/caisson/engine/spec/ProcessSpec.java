package dev.caisson.engine.spec;

import java.util.List;
import java.util.OptionalInt;

/**
 * The first process of a container.
 *
 * @param arguments entry point and command; the first is the program
 * @param environment {@code NAME=value} each
 * @param workingDirectory absolute; made if missing
 * @param user {@code user[:group]} by name or number as in the image's configuration;
 * empty means root
 * @param additionalGroups names or numbers
 * @param terminal whether stdin, stdout and stderr are a pseudo terminal
 * @param openStdin whether stdin is a pipe or the terminal, not /dev/null
 * @param init whether a small init runs as pid 1 and reaps
 * @param limits rlimits
 * @param oomScoreAdjust -1000 to 1000
 */
public record ProcessSpec(List<String> arguments, List<String> environment, String workingDirectory, String user,
		List<String> additionalGroups, boolean terminal, boolean openStdin, boolean init, List<ResourceLimit> limits,
		OptionalInt oomScoreAdjust) {

	public ProcessSpec {
		arguments = List.copyOf(arguments);
		environment = List.copyOf(environment);
		additionalGroups = List.copyOf(additionalGroups);
		limits = List.copyOf(limits);
		if (arguments.isEmpty()) {
			throw new InvalidSpecException("Config.Cmd", "no command specified");
		}
		refuseNul("Config.Cmd", arguments);
		refuseNul("Config.Env", environment);
		refuseNul("Config.User", List.of(user));
		refuseNul("Config.WorkingDir", List.of(workingDirectory));
		refuseNul("HostConfig.GroupAdd", additionalGroups);
		if (!workingDirectory.startsWith("/")) {
			throw new InvalidSpecException("Config.WorkingDir",
					"the working directory '" + workingDirectory + "' is invalid, it needs to be an absolute path");
		}
		if (oomScoreAdjust.isPresent() && Math.abs(oomScoreAdjust.getAsInt()) > 1000) {
			throw new InvalidSpecException("HostConfig.OomScoreAdj",
					"Invalid value " + oomScoreAdjust.getAsInt() + ", range for oom score adj is [-1000, 1000]");
		}
	}

	static void refuseNul(String field, List<String> values) {
		for (String value : values) {
			if (value.indexOf('\0') >= 0) {
				throw new InvalidSpecException(field, "invalid " + field + ": contains a NUL byte");
			}
		}
	}

	/**
	 * One rlimit.
	 *
	 * @param kind which, see getrlimit(2)
	 * @param soft the soft limit; -1 is unlimited
	 * @param hard the hard limit; -1 is unlimited
	 */
	public record ResourceLimit(Kind kind, long soft, long hard) {

		public ResourceLimit {
			if (hard != -1 && (soft == -1 || soft > hard)) {
				throw new InvalidSpecException("HostConfig.Ulimits",
						"ulimit soft limit must be less than or equal to hard limit: " + soft + " > " + hard);
			}
		}

		/** The resources, in the order and with the numbers of asm-generic/resource.h. */
		public enum Kind {

			CPU, FSIZE, DATA, STACK, CORE, RSS, NPROC, NOFILE, MEMLOCK, AS, LOCKS, SIGPENDING, MSGQUEUE, NICE, RTPRIO,
			RTTIME;

			/**
			 * @throws InvalidSpecException if there is no such limit
			 */
			public static Kind named(String name) {
				for (Kind kind : values()) {
					if (kind.name().equalsIgnoreCase(name)) {
						return kind;
					}
				}
				throw new InvalidSpecException("HostConfig.Ulimits", "invalid ulimit type: " + name);
			}

		}

	}

}
