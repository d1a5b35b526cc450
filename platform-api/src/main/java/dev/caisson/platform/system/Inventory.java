package dev.caisson.platform.system;

/** How much there is, for the summary of the host. */
public interface Inventory {

	Figures count();

	/**
	 * Counts of one moment.
	 *
	 * @param running containers with a process that may run
	 * @param paused containers with a frozen process
	 * @param stopped all other containers
	 * @param images in the store
	 */
	record Figures(int running, int paused, int stopped, int images) {
	}

}
