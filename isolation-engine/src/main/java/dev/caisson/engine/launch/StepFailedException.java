package dev.caisson.engine.launch;

import dev.caisson.engine.linux.Errno;

/** A launch that a step put an end to. Nothing of it runs any more. */
public final class StepFailedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient Step step;

	private final Errno errno;

	private final transient LaunchTrace trace;

	StepFailedException(Step step, Errno errno, LaunchTrace trace) {
		super(step.purpose() + ": " + step + ": " + errno + ": " + errno.description());
		this.step = step;
		this.errno = errno;
		this.trace = trace;
	}

	public Step step() {
		return this.step;
	}

	public Errno errno() {
		return this.errno;
	}

	public LaunchTrace trace() {
		return this.trace;
	}

}
