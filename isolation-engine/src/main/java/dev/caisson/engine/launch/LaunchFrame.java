package dev.caisson.engine.launch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.SystemCall;

/**
 * What every keeper does, whatever it launches: takes its name, makes the child, lets go
 * of all that is not its own, waits, and leaves the exit status behind.
 */
public final class LaunchFrame {

	static final String CLOCK_BEGIN = "clock.begin", CLOCK_END = "clock.end";

	/** Of linux/prctl.h. */
	private static final int PR_SET_PDEATHSIG = 1, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15;

	private static final int CLOCK_MONOTONIC = 1, SIGKILL = 9, SIGCHLD = 17, SIG_SETMASK = 2, P_ALL = 0, P_PID = 1,
			WEXITED = 4;

	/** Of linux/pidfd.h: _IO(0xFF, 3), Linux 6.11. */
	private static final int PIDFD_GET_MNT_NAMESPACE = 0xff03;

	/** Of linux/sched.h. */
	private static final long CLONE_INTO_CGROUP = 0x200000000L, CLONE_PARENT = 0x8000;

	private static final int CLOSE_RANGE_CLOEXEC = 4;

	private static final long ALL_DESCRIPTORS = 0xffffffffL;

	/** Bytes of siginfo_t, asm-generic/siginfo.h. */
	static final int SIGINFO_SIZE = 128;

	private LaunchFrame() {
	}

	/** The keeper's first steps, and the child's. */
	public static void begin(LaunchPlan.Builder plan) {
		beginJoining(plan);
		planSession(plan.child());
	}

	/**
	 * The same for a child that joins a pid namespace and makes the program's process
	 * there, see {@link #planEnter}.
	 */
	public static void beginJoining(LaunchPlan.Builder plan) {
		plan.keeper()
			.call("name the keeper", SystemCall.PRCTL, Arg.flags(PR_SET_NAME, "PR_SET_NAME"),
					Arg.text("caisson-keeper"));
		clock(plan, "read the clock", CLOCK_BEGIN);
		LaunchPlan.Section child = plan.child();
		planDieWithKeeper(child);
		child.call("unblock signals", SystemCall.RT_SIGPROCMASK, Arg.flags(SIG_SETMASK, "SIG_SETMASK"),
				new Arg.Bytes(new byte[8], "[]"), Arg.NULL, Arg.number(8));
	}

	/** The program is nobody's job but its own. */
	public static void planSession(LaunchPlan.Section child) {
		child.call("lead a session", SystemCall.SETSID);
	}

	/**
	 * From the child to the process that runs the program, in the pid namespace that the
	 * child has joined: the keeper's child, too, and so born without the steps that the
	 * keeper has before it. From here on whoever may trace in that namespace can have the
	 * process; so nothing may be left in it that the program shall not have. See
	 * clone(2), CLONE_PARENT; seccomp filters know clone better than clone3.
	 */
	public static void planEnter(LaunchPlan.Section child) {
		child.call("enter the pid namespace", SystemCall.CLONE,
				Arg.flags(CLONE_PARENT | SIGCHLD, "CLONE_PARENT|SIGCHLD"), Arg.NULL, Arg.NULL, Arg.NULL, Arg.NULL);
	}

	/** A container without its keeper would be nobody's. A change of user clears this. */
	public static void planDieWithKeeper(LaunchPlan.Section child) {
		child.call("die with the keeper", SystemCall.PRCTL, Arg.flags(PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG"),
				Arg.flags(SIGKILL, "SIGKILL"));
	}

	/**
	 * The fork in the road.
	 * @param flags of clone3(2), without CLONE_INTO_CGROUP
	 * @param flagNames the same, as text
	 * @param cgroup a directory of a cgroup v2 hierarchy that the child starts in
	 */
	public static Step clone(LaunchPlan.Builder plan, long flags, String flagNames, Optional<Arg.Descriptor> cgroup) {
		long all = cgroup.isPresent() ? flags | CLONE_INTO_CGROUP : flags;
		String names = cgroup.isPresent() ? flagNames + "|CLONE_INTO_CGROUP" : flagNames;
		Arg zero = Arg.number(0);
		Arg.Struct arguments = new Arg.Struct(List.of(Arg.number(all), zero, zero, zero, Arg.number(SIGCHLD), zero,
				zero, zero, zero, zero, cgroup.<Arg>map((arg) -> arg).orElse(zero)), "{flags=" + names + "}");
		Step clone = plan.keeper()
			.call("make the container's process", SystemCall.CLONE3, arguments,
					Arg.number((long) arguments.words().size() * Long.BYTES));
		plan.keeper()
			.call("let go of the container's streams", SystemCall.CLOSE_RANGE, Arg.number(0),
					Arg.number(KeptDescriptor.CHILD_STDERR.ordinal()), Arg.number(0));
		plan.keeper()
			.call("let go of everything else", SystemCall.CLOSE_RANGE, Arg.number(KeptDescriptor.values().length),
					Arg.number(ALL_DESCRIPTORS), Arg.number(0));
		clock(plan, "read the clock again", CLOCK_END);
		return clone;
	}

	/** The keeper's last steps. */
	public static void end(LaunchPlan.Builder plan, Step clone) {
		LaunchPlan.Section keeper = plan.keeper();
		Step child = keeper.attempt("open the first process", Set.of(Errno.ESRCH), SystemCall.PIDFD_OPEN,
				Arg.result(clone), Arg.number(0));
		// taking the mount namespace apart costs a millisecond: it shall happen after the
		// status is told, when the keeper ends, not when the container does
		keeper.attempt("hold the mount namespace", Set.of(Errno.ESRCH, Errno.ENOTTY, Errno.EINVAL, Errno.EBADF),
				SystemCall.IOCTL, Arg.result(child), Arg.flags(PIDFD_GET_MNT_NAMESPACE, "PIDFD_GET_MNT_NAMESPACE"),
				Arg.number(0));
		Arg status = new Arg.Output("status", SIGINFO_SIZE);
		keeper.call("wait for the end of the container", SystemCall.WAITID, Arg.flags(P_PID, "P_PID"),
				Arg.result(clone), status, Arg.flags(WEXITED, "WEXITED"), Arg.NULL);
		report(keeper, status);
	}

	/** The keeper's last steps when its child has used {@link #planEnter}. */
	public static void endJoining(LaunchPlan.Builder plan, Step clone) {
		LaunchPlan.Section keeper = plan.keeper();
		keeper.call("wait until the process has been made", SystemCall.WAITID, Arg.flags(P_PID, "P_PID"),
				Arg.result(clone), Arg.NULL, Arg.flags(WEXITED, "WEXITED"), Arg.NULL);
		Arg status = new Arg.Output("status", SIGINFO_SIZE);
		keeper.call("wait for the end of the process", SystemCall.WAITID, Arg.flags(P_ALL, "P_ALL"), Arg.number(0),
				status, Arg.flags(WEXITED, "WEXITED"), Arg.NULL);
		report(keeper, status);
	}

	private static void report(LaunchPlan.Section keeper, Arg status) {
		keeper.call("record the exit status", SystemCall.PWRITE64, kept(KeptDescriptor.STATUS), status,
				Arg.number(SIGINFO_SIZE), Arg.number(0));
		keeper.call("tell of the end", SystemCall.WRITE, kept(KeptDescriptor.EXIT), one(), Arg.number(Long.BYTES));
		// not an end of file, which the death of the service would bring: what waits in
		// the
		// pipes would go with the keeper
		keeper.attempt("hold the streams until they are read", Set.of(Errno.EBADF, Errno.EINTR), SystemCall.READ,
				kept(KeptDescriptor.RELEASE), new Arg.Output("release", Long.BYTES), Arg.number(Long.BYTES));
	}

	/**
	 * Closes what the launch needed and the program must not see, but for the pipe of the
	 * launcher and the descriptors declared right after it. What the container's own
	 * files name (a working directory such as /proc/self/fd/9, CVE-2024-21626) is to be
	 * opened after this.
	 * @param spared how many descriptors were declared to stay until execve
	 */
	public static void letGo(LaunchPlan.Builder plan, int spared) {
		plan.child()
			.call("let go of the host", SystemCall.CLOSE_RANGE, Arg.number(KeptDescriptor.values().length + spared),
					Arg.number(ALL_DESCRIPTORS), Arg.number(0));
		plan.child()
			.call("close the rest on exec", SystemCall.CLOSE_RANGE, Arg.number(KeptDescriptor.PLAN.ordinal()),
					Arg.number(ALL_DESCRIPTORS), Arg.flags(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"));
	}

	/**
	 * The same for a child that will be seen by the processes of a container before its
	 * execve: nothing stays open but what the launcher and the terminal need.
	 * @param terminal whether a terminal is to be made; see {@link #letGoOfTerminal}
	 */
	public static void letGoOfAll(LaunchPlan.Builder plan, boolean terminal) {
		int kept = KeptDescriptor.values().length;
		close(plan, "let go of the host", kept + 1, ALL_DESCRIPTORS);
		if (terminal) {
			close(plan, "let go of the keeper", KeptDescriptor.PLAN.ordinal(), KeptDescriptor.TERMINAL.ordinal() - 1);
			close(plan, "let go of the keeper's rest", KeptDescriptor.TERMINAL_ACCEPTED.ordinal() + 1, kept - 1);
		}
		else {
			close(plan, "let go of the keeper", KeptDescriptor.PLAN.ordinal(), kept - 1);
		}
		plan.child()
			.call("close the rest on exec", SystemCall.CLOSE_RANGE, Arg.number(KeptDescriptor.PLAN.ordinal()),
					Arg.number(ALL_DESCRIPTORS), Arg.flags(CLOSE_RANGE_CLOEXEC, "CLOSE_RANGE_CLOEXEC"));
	}

	/** What was left open to make a terminal. */
	public static void letGoOfTerminal(LaunchPlan.Builder plan) {
		close(plan, "let go of the terminal's events", KeptDescriptor.TERMINAL.ordinal(),
				KeptDescriptor.TERMINAL_ACCEPTED.ordinal());
	}

	private static void close(LaunchPlan.Builder plan, String purpose, long from, long to) {
		plan.child().call(purpose, SystemCall.CLOSE_RANGE, Arg.number(from), Arg.number(to), Arg.number(0));
	}

	/**
	 * Makes the child's memory unreadable for whoever may not trace as root does, see
	 * prctl(2). Execve ends that.
	 */
	public static void planHide(LaunchPlan.Section child) {
		child.call("hide from debuggers", SystemCall.PRCTL, Arg.flags(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"),
				Arg.number(0), Arg.number(0), Arg.number(0), Arg.number(0));
	}

	/** The number 1 as eventfd(2) takes it. */
	public static Arg one() {
		return new Arg.Bytes(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1).array(), "1");
	}

	public static Arg.Descriptor kept(KeptDescriptor kept) {
		return new Arg.Descriptor(kept.ordinal(), kept.descriptorName());
	}

	static int firstClock(LaunchPlan plan) {
		return indexOfClock(plan, CLOCK_BEGIN);
	}

	static int secondClock(LaunchPlan plan) {
		return indexOfClock(plan, CLOCK_END);
	}

	private static void clock(LaunchPlan.Builder plan, String purpose, String output) {
		plan.keeper()
			.call(purpose, SystemCall.CLOCK_GETTIME, Arg.flags(CLOCK_MONOTONIC, "CLOCK_MONOTONIC"),
					new Arg.Output(output, 2 * Long.BYTES));
	}

	private static int indexOfClock(LaunchPlan plan, String output) {
		for (Step step : plan.keeper()) {
			if (step.args().contains(new Arg.Output(output, 2 * Long.BYTES))) {
				return step.index();
			}
		}
		throw new IllegalArgumentException("a plan without the frame's clocks");
	}

}
