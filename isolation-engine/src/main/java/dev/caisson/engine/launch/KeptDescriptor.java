package dev.caisson.engine.launch;

import java.util.Locale;

/**
 * The descriptors with fixed numbers in every keeper: the ordinal is the number. Whoever
 * finds a keeper after a restart takes them by pidfd_getfd(2). The first three become the
 * standard streams of the container and are closed in the keeper; the rest it keeps.
 */
public enum KeptDescriptor {

	/** The container's standard input. */
	CHILD_STDIN,
	/** The container's standard output. */
	CHILD_STDOUT,
	/** The container's standard error. */
	CHILD_STDERR,
	/** The plan, with the results of its steps. */
	PLAN,
	/**
	 * The writing end of a pipe: something can be read from it when the container has
	 * ended, and it hangs up when the keeper has, however that came.
	 */
	EXIT,
	/** The reading end of that pipe, for the next service. */
	EXIT_WATCH,
	/** A file that gets the siginfo_t of waitid(2), before {@link #EXIT} is written. */
	STATUS,
	/** The writing end of the container's standard input, where it is to stay open. */
	STDIN,
	/** The reading end of the container's standard output. */
	STDOUT,
	/** The reading end of the container's standard error. */
	STDERR,
	/** The controlling side of the container's terminal. */
	TERMINAL,
	/** An eventfd: the child has made the terminal. */
	TERMINAL_OFFERED,
	/** An eventfd: the keeper has taken it. */
	TERMINAL_ACCEPTED,
	/** The writing end of the pipe through which the terminal's output is moved. */
	RELAY_IN,
	/** The reading end of that pipe. */
	RELAY_OUT,
	/**
	 * An eventfd that the service writes to when it has read all output: until then the
	 * keeper stays, so that nothing in the pipes is lost while no service is there.
	 */
	RELEASE;

	/** The name in {@link LaunchPlan#descriptors()}. */
	public String descriptorName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
