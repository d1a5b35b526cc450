package dev.caisson.engine.container;

/**
 * What is known of an exec instance at one moment.
 *
 * @param phase where it is in its life
 * @param pid its process, as the host numbers it; 0 when there has been none
 * @param exitCode 128+n when signal n ended it; of no meaning before its end
 */
public record ExecState(Phase phase, int pid, int exitCode) {

	static final ExecState CREATED = new ExecState(Phase.CREATED, 0, 0);

	/** The phases of its life, which has each once. */
	public enum Phase {

		CREATED, RUNNING, EXITED

	}

}
