package dev.caisson.engine.evidence;

/** How what was observed stands to what was declared. */
public enum Verdict {

	/** The kernel shows what was declared. */
	PROVEN,

	/** The kernel shows something else. */
	DIFFERS,

	/** Nothing was asked for, and the kernel shows its own default. */
	NOT_ASKED,

	/** It could not be read; the observation says why. */
	UNKNOWN

}
