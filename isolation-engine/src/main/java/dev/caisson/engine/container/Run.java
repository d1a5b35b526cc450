package dev.caisson.engine.container;

import dev.caisson.engine.cgroup.CgroupStats;
import dev.caisson.engine.spec.ResourceSpec;
import java.util.List;
import java.util.Optional;

import dev.caisson.engine.launch.ExitStatus;
import dev.caisson.engine.launch.KeptDescriptor;
import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.engine.linux.Fd;

/**
 * A run of a container: its first process, the keeper above it, and the control group
 * around it. Safe for use by many threads.
 */
interface Run {

	/** The first process, as the host numbers it. */
	int pid();

	/**
	 * A pidfd of it, the caller's own.
	 * @return empty if it had ended when it was looked for
	 */
	Optional<Fd> process();

	/**
	 * Becomes readable, or hangs up, when the first process has ended and its status has
	 * been written. Belongs to the run.
	 */
	Fd ended();

	/**
	 * A duplicate of a descriptor that the keeper holds, see {@link Stdio}; the caller's
	 * own.
	 * @return empty if it has none
	 */
	Optional<Fd> take(KeptDescriptor kept);

	/** How the first process ended; empty if the keeper could not tell any more. */
	Optional<ExitStatus> status();

	/**
	 * Sends a signal to the first process.
	 * @return whether there was one
	 */
	boolean signal(int number);

	/** Stops all processes until {@link #thaw}. */
	void freeze();

	void thaw();

	/** Kills whatever is in the control group. */
	void killAll();

	List<Integer> processes();

	/**
	 * Hands over the calls of its launch, once; empty if an earlier service had launched
	 * it.
	 */
	Optional<LaunchTrace> takeTrace();

	CgroupStats stats();

	/** Makes these the limits; what is empty is unlimited. */
	void update(ResourceSpec resources);

	/** Whether the kernel's OOM killer has struck in it. */
	boolean oomKilled();

	/**
	 * Lets the keeper go and undoes all that the start had made, also on the ledger. To
	 * be called after the end. Safe to repeat.
	 */
	void release();

	/** Closes this service's descriptors; the container runs on. */
	void letGo();

}
