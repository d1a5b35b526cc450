package dev.caisson.engine.container;

import dev.caisson.engine.launch.LaunchTrace;
import dev.caisson.engine.launch.StepFailedException;
import dev.caisson.engine.linux.Errno;
import dev.caisson.engine.spec.ContainerSpec;

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
		LaunchFailedException failure = executing ? ofProgram(spec, ex)
				: new LaunchFailedException(FAILED, "failed to start container: " + ex.getMessage());
		failure.initCause(ex);
		return failure;
	}

	private static LaunchFailedException ofProgram(ContainerSpec spec, StepFailedException ex) {
		String program = spec.process().arguments().getFirst();
		String subject = "failed to start container: exec: \"" + program + "\": ";
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
