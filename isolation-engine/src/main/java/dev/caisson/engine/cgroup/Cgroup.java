package dev.caisson.engine.cgroup;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.spec.DeviceSpec;
import dev.caisson.engine.spec.ResourceSpec;

/**
 * The control group of one container, in every hierarchy of the host. Statistics, freezer
 * and limits may be used by many threads; the descriptors belong to one launch at a time,
 * so whoever starts a further process in the container opens a further object. All errors
 * of the kernel are {@link dev.caisson.engine.linux.LinuxException}.
 */
public sealed interface Cgroup permits CgroupV1, CgroupV2 {

	/** Its path in the hierarchies, such as {@code /caisson/ID}. */
	String path();

	/**
	 * The descriptors that the plan needs, by the names it uses. They are opened by the
	 * first call and stay open until {@link #closeDescriptors()}.
	 */
	Map<String, Fd> descriptors();

	/**
	 * Adds what the container's first process must do to enter. A new cgroup namespace
	 * must be made after these steps, for it begins where its maker is.
	 */
	void plan(LaunchPlan.Builder plan);

	/**
	 * The v2 directory into which clone3(2) can put the new process at its birth, with
	 * CLONE_INTO_CGROUP (Linux 5.7); also on a host that has v1 and v2. Empty where there
	 * is no v2 hierarchy.
	 */
	Optional<Arg.Descriptor> cloneInto(LaunchPlan.Builder plan);

	/** Closes the descriptors. May be repeated. */
	void closeDescriptors();

	/**
	 * Makes these the limits.
	 * @param resources the whole declaration: what it leaves empty is unlimited
	 * afterwards
	 */
	void update(ResourceSpec resources);

	/** What the group has used until now. */
	CgroupStats stats();

	/**
	 * The limits as the kernel shows them, by control file: what is enforced, whatever
	 * was declared.
	 */
	Map<String, String> observe();

	/**
	 * Holds the limits that the kernel shows against what was declared. Device rules are
	 * compared in v1 alone: v2 has a program, which does not tell them.
	 * @param allowed as {@link Cgroups#create} had them
	 * @param allDevices whether all devices may be used
	 */
	List<ControlCheck> compare(ResourceSpec resources, List<DeviceSpec.Rule> allowed, boolean allDevices);

	/**
	 * Stops all processes and returns when they stand still.
	 * @throws dev.caisson.engine.linux.LinuxException ETIMEDOUT if one does not within 5
	 * s; then all go on
	 */
	void freeze();

	/** Lets stopped processes go on. */
	void thaw();

	/** Whether the processes stand still. */
	boolean isFrozen();

	/** The processes in it and in the groups below, by their numbers on the host. */
	List<Integer> processes();

	/**
	 * Kills all processes, stopped or not. They exit some time after the return.
	 */
	void kill();

	/** How often the kernel has killed a process of the group for lack of memory. */
	long oomKills();

	/**
	 * Closes the descriptors and removes the directories, with those that the container
	 * made below. Waits up to 2 s for processes that are about to exit. May be repeated.
	 * @throws dev.caisson.engine.linux.LinuxException EBUSY if processes stay
	 */
	void release();

}
