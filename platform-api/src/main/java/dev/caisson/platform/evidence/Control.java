package dev.caisson.platform.evidence;

/**
 * What became of one control of section 5 of the CIS Docker Benchmark 1.6.
 *
 * @param id such as {@code 5.22}
 * @param title what it asks for
 * @param status whether it is met
 * @param source who says so
 * @param evidence what was seen
 */
public record Control(String id, String title, Status status, Source source, String evidence) {

	/** Whether a control is met. */
	public enum Status {

		PASS, FAIL,
		/** It has nothing to say of this container or host. */
		NOT_APPLICABLE,
		/** Nobody can tell: the container does not run, or only a person can judge. */
		UNKNOWN

	}

	/** What a status rests on. */
	public enum Source {

		/** What the kernel says of the running container. */
		KERNEL,
		/** The record of who did what. */
		AUDIT,
		/** What was declared, where the kernel has no word for it. */
		CONFIGURATION

	}

}
