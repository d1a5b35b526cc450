package dev.caisson.engine.container;

import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.engine.launch.StepFailedException;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.spec.ContainerSpec;
import dev.caisson.engine.spec.ExecSpec;

/**
 * Tells of a step that failed in the words by which Docker's clients know a program that
 * is missing (127) or cannot be executed (126).
 */
final class LaunchFailure {

	private static final int NOT_EXECUTABLE = 126, NOT_FOUND = 127, FAILED = 128;

	private LaunchFailure() {
	}

	static LaunchFailedException of(ContainerSpec spec, StepFailedException ex) {
		boolean executing = ex.step().purpose().startsWith(ProgramPlan.EXECUTE);
		LaunchFailedException failure = executing
				? ofProgram(spec.process().arguments().getFirst(), "failed to start container: ", ex)
				: new LaunchFailedException(FAILED, "failed to start container: " + ex.getMessage());
		failure.initCause(ex);
		return failure;
	}

	/** The same for a further process. */
	static LaunchFailedException of(ExecSpec spec, StepFailedException ex) {
		LaunchFailedException failure = ofExec(spec, ex);
		failure.initCause(ex);
		return failure;
	}

	private static LaunchFailedException ofExec(ExecSpec spec, StepFailedException ex) {
		String subject = "exec failed: unable to start container process: ";
		if (ex.step().purpose().startsWith(ProgramPlan.EXECUTE)) {
			return ofProgram(spec.arguments().getFirst(), subject, ex);
		}
		if (ex.step().purpose().startsWith(ProgramPlan.ENTER)) {
			int code = (ex.errno() == Errno.ENOENT) ? NOT_FOUND : NOT_EXECUTABLE;
			return new LaunchFailedException(code,
					subject + "chdir to cwd (\"" + spec.workingDirectory() + "\") failed: " + ex.errno().description());
		}
		return new LaunchFailedException(NOT_EXECUTABLE, subject + ex.getMessage());
	}

	private static LaunchFailedException ofProgram(String program, String prefix, StepFailedException ex) {
		String subject = prefix + "exec: \"" + program + "\": ";
		if (wasRefused(ex.trace())) {
			return new LaunchFailedException(NOT_EXECUTABLE, subject + Errno.EACCES.description());
		}
		return switch (ex.errno()) {
			case ENOENT, ENOTDIR -> new LaunchFailedException(NOT_FOUND, subject + (program.contains("/")
					? "stat " + program + ": " + ex.errno().description() : "executable file not found in $PATH"));
			default -> new LaunchFailedException(NOT_EXECUTABLE, subject + ex.errno().description());
		};
	}

	/**
	 * As execvp(3): a file that was found and must not be executed counts, wherever the
	 * search ended.
	 */
	private static boolean wasRefused(LaunchTrace trace) {
		return trace.entries()
			.stream()
			.anyMatch((entry) -> entry.purpose().startsWith(ProgramPlan.EXECUTE)
					&& entry.result() == -Errno.EACCES.number());
	}

}
