package dev.caisson.engine.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.caisson.engine.launch.Arg;
import dev.caisson.engine.launch.LaunchPlan;
import dev.caisson.engine.launch.Step;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.linux.Fd;
import dev.caisson.engine.linux.Linux;
import dev.caisson.engine.linux.SystemCall;
import dev.caisson.engine.spec.ProcessSpec;

/** The steps that make the child the container's program: limits, directory, execve. */
final class ProgramPlan {

	/** The name of the descriptor of the init program, see init.c. */
	static final String INIT = "init";

	private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

	/** After these, execvp(3) looks in the next directory. */
	private static final Set<Errno> LOOK_FURTHER = EnumSet.of(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES);

	private static final int AT_EMPTY_PATH = 0x1000;

	/** What the trace and errors call the attempts to execute the program. */
	static final String EXECUTE = "execute ", ENTER = "enter the working directory ";

	private ProgramPlan() {
	}

	/** Adds the OOM score, while the host's /proc is in sight. */
	static void planOomScore(LaunchPlan.Section child, ProcessSpec process) {
		if (process.oomScoreAdjust().isPresent()) {
			String score = Integer.toString(process.oomScoreAdjust().getAsInt());
			Step file = child.call("open the OOM score", SystemCall.OPENAT, Arg.flags(Linux.AT_FDCWD, "AT_FDCWD"),
					Arg.text("/proc/self/oom_score_adj"), Arg.flags(Fd.O_WRONLY, "O_WRONLY"), Arg.number(0));
			child.call("set the OOM score to " + score, SystemCall.WRITE, Arg.result(file), Arg.text(score),
					Arg.number(score.length()));
			child.call("close the OOM score", SystemCall.CLOSE, Arg.result(file));
		}
	}

	/**
	 * Adds rlimits, late: they shall limit the program, and not the steps that prepare
	 * it, which need descriptors.
	 */
	static void planLimits(LaunchPlan.Section child, ProcessSpec process) {
		for (ProcessSpec.ResourceLimit limit : process.limits()) {
			ByteBuffer rlimit = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.nativeOrder());
			rlimit.putLong(limit.soft()).putLong(limit.hard());
			String text = "{" + limit.soft() + ", " + limit.hard() + "}";
			child.call("limit " + limit.kind() + " to " + text, SystemCall.PRLIMIT64, Arg.number(0),
					Arg.flags(limit.kind().ordinal(), "RLIMIT_" + limit.kind()), new Arg.Bytes(rlimit.array(), text),
					Arg.NULL);
		}
	}

	/** Adds the working directory, which the root file system has made. */
	static void planWorkingDirectory(LaunchPlan.Section child, String directory) {
		child.call(ENTER + directory, SystemCall.CHDIR, Arg.text(directory));
	}

	/**
	 * Adds the last step, or one for each directory of PATH in which the program may be.
	 * @param environment the complete environment
	 */
	static void planExecute(LaunchPlan.Builder plan, ProcessSpec process, List<String> environment) {
		if (process.init()) {
			List<String> candidates = candidates(process.arguments().getFirst(), environment);
			List<String> arguments = new ArrayList<>(List.of("docker-init", Integer.toString(candidates.size())));
			arguments.addAll(candidates);
			arguments.addAll(process.arguments());
			plan.child()
				.call(EXECUTE + INIT, SystemCall.EXECVEAT, plan.descriptor(INIT), Arg.text(""),
						new Arg.Vector(arguments), new Arg.Vector(environment),
						Arg.flags(AT_EMPTY_PATH, "AT_EMPTY_PATH"));
			return;
		}
		planExecute(plan.child(), process.arguments(), environment);
	}

	/** The same for a program that is nobody's init. */
	static void planExecute(LaunchPlan.Section child, List<String> command, List<String> environment) {
		List<String> candidates = candidates(command.getFirst(), environment);
		Arg variables = new Arg.Vector(environment);
		Arg arguments = new Arg.Vector(command);
		for (String candidate : candidates) {
			boolean last = candidate.equals(candidates.getLast());
			child.attempt(EXECUTE + candidate, last ? Set.of() : LOOK_FURTHER, SystemCall.EXECVE, Arg.text(candidate),
					arguments, variables);
		}
	}

	private static List<String> candidates(String program, List<String> environment) {
		if (program.contains("/")) {
			return List.of(program);
		}
		String path = environment.stream()
			.filter((variable) -> variable.startsWith("PATH="))
			.map((variable) -> variable.substring("PATH=".length()))
			.findFirst()
			.orElse(DEFAULT_PATH);
		List<String> candidates = new ArrayList<>();
		for (String directory : path.split(":")) {
			candidates.add((directory.isEmpty() ? "." : directory) + "/" + program);
		}
		return candidates.stream().distinct().toList();
	}

}
