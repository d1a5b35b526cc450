package dev.caisson.engine.launch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.LinuxException;
import dev.caisson.engine.linux.Spawn;
import dev.caisson.engine.linux.SystemCall;
import org.jspecify.annotations.Nullable;

/**
 * Runs launch plans. <pre>
 *   service                        keeper (stage0)            child
 *   plan --memfd-->                map it, clone3  ------->   steps…
 *   poll the ready pipe            wait                       execve closes the ready pipe
 *   end of file: read the trace
 * </pre> Blocks its thread for the few milliseconds that a launch takes; safe for use by
 * many.
 */
public final class Launcher implements AutoCloseable {

	/** What ps(1) shows, before the name of what was launched. */
	static final String PROGRAM_NAME = "caisson-keeper";

	/** The pipe that execve, or the end of the child, closes. */
	private static final String READY = "ready";

	/** Of poll.h. */
	private static final int POLLIN = 1, POLLHUP = 0x10;

	private static final int SIGKILL = 9, P_PIDFD = 3, WEXITED = 4;

	private final Fd program;

	private final Duration patience;

	/**
	 * Makes a launcher.
	 * @param patience after which a launch that hangs, in a dead file server perhaps, is
	 * given up
	 */
	public Launcher(Duration patience) {
		this.patience = patience;
		this.program = SealedProgram.STAGE0.load();
	}

	/** Declares, in a plan, the pipe by which the launcher learns of execve. */
	public static Arg.Descriptor declare(LaunchPlan.Builder plan) {
		return plan.descriptor(READY);
	}

	/**
	 * Runs a plan and returns when the child has executed its program.
	 * @param name of the container, shown by ps(1) with the keeper
	 * @param given the descriptors that the plan names; they stay the caller's
	 * @throws StepFailedException if a step failed; keeper and child are gone then
	 * @throws LinuxException if the keeper could not be started
	 */
	public Launch run(LaunchPlan plan, String name, Map<String, Fd> given, @Nullable Fault fault) {
		PlanImage image = PlanImage.of(plan, fault);
		try (Fd memory = Fd.memory("caisson-plan"); Fd child = Fd.memory("caisson-steps"); Ready ready = new Ready()) {
			image.keeper().write(memory);
			image.child().write(child);
			Map<String, Fd> all = new HashMap<>(given);
			all.put(KeptDescriptor.PLAN.descriptorName(), memory);
			all.put(READY, ready.writing);
			SortedMap<Integer, Fd> numbered = numbered(plan, all);
			numbered.put(PlanImage.childDescriptor(plan), child);
			int pid = Spawn.start(this.program, PROGRAM_NAME + " " + name, numbered);
			ready.writing.close();
			return follow(image, memory, child, ready, pid);
		}
	}

	private Launch follow(PlanImage image, Fd memory, Fd child, Ready ready, int pid) {
		Fd process = Fd.process(pid);
		Keeper keeper = null;
		try {
			boolean inTime = poll(ready.reading, this.patience);
			PlanImage result = new PlanImage(image.plan(), image.keeper().read(memory), image.child().read(child));
			keeper = keeper(result, process, pid);
			LaunchTrace trace = LaunchTrace.of(result);
			if (!inTime) {
				throw new LinuxException("launch", lastPurpose(trace), Errno.ETIMEDOUT,
						"the step has not returned within " + this.patience.toSeconds() + " s");
			}
			if (result.stopped() >= 0 || keeper == null) {
				throw failure(result, trace);
			}
			SectionImage.noteMade(memory, result.process());
			return new Launch(keeper, trace);
		}
		catch (RuntimeException ex) {
			end(process, keeper);
			throw ex;
		}
	}

	private static RuntimeException failure(PlanImage result, LaunchTrace trace) {
		int stopped = result.stopped();
		if (stopped < 0) {
			return new LinuxException("launch", lastPurpose(trace), Errno.ECANCELED, "the keeper was killed");
		}
		return new StepFailedException(result.step(stopped), Errno.of(-result.result(stopped)), trace);
	}

	private static String lastPurpose(LaunchTrace trace) {
		return trace.entries().isEmpty() ? "keeper" : trace.entries().getLast().purpose();
	}

	/** The keeper with its child, if it came as far as making one. */
	private static @Nullable Keeper keeper(PlanImage result, Fd process, int pid) {
		int child = result.process();
		return (child > 0) ? new Keeper(pid, process, child, Keeper.childOf(pid, child)) : null;
	}

	/** Kills and waits for both, so that nothing runs when the failure is told. */
	private static void end(Fd process, @Nullable Keeper keeper) {
		if (keeper != null) {
			keeper.end();
			return;
		}
		Linux.attempt(SystemCall.PIDFD_SEND_SIGNAL, process.number(), SIGKILL, 0, 0);
		Linux.attempt(SystemCall.WAITID, P_PIDFD, process.number(), 0, WEXITED, 0);
		process.close();
	}

	private static SortedMap<Integer, Fd> numbered(LaunchPlan plan, Map<String, Fd> given) {
		SortedMap<Integer, Fd> numbered = new TreeMap<>();
		plan.descriptors().forEach((name, number) -> {
			Fd fd = given.get(name);
			if (fd != null) {
				numbered.put(number, fd);
			}
			else if (number >= KeptDescriptor.values().length) {
				throw new IllegalArgumentException("the plan's descriptor " + name + " is missing");
			}
		});
		return numbered;
	}

	static boolean poll(Fd fd, Duration patience) {
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment entry = arena.allocate(8, 8);
			entry.set(ValueLayout.JAVA_INT, 0, fd.number());
			entry.set(ValueLayout.JAVA_SHORT, 4, (short) (POLLIN | POLLHUP));
			MemorySegment time = arena.allocate(16, 8);
			time.set(ValueLayout.JAVA_LONG, 0, patience.toSeconds());
			time.set(ValueLayout.JAVA_LONG, 8, patience.toNanosPart());
			return Linux.call(SystemCall.PPOLL, fd.name(), entry.address(), 1, time.address(), 0, 0) > 0;
		}
	}

	@Override
	public void close() {
		this.program.close();
	}

	/** The pipe by which execve tells of itself. */
	private static final class Ready implements AutoCloseable {

		private final Fd reading;

		private final Fd writing;

		Ready() {
			Fd[] ends = Fd.pipe(0, READY);
			this.reading = ends[0];
			this.writing = ends[1];
		}

		@Override
		public void close() {
			this.reading.close();
			this.writing.close();
		}

	}

}
