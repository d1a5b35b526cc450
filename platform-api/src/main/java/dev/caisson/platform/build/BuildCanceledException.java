package dev.caisson.platform.build;

/** Whoever wanted a build has gone. */
final class BuildCanceledException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	BuildCanceledException() {
		super("build canceled");
	}

}
