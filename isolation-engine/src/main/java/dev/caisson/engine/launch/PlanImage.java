package dev.caisson.engine.launch;

/** Stand-in, see below. */
final class PlanImage {

	static final int MOST_TOLERATED = 4;

	static final int MOST_ARGUMENTS = 6;

	private PlanImage() {
	}

}
