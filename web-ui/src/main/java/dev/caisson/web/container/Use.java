package dev.caisson.web.container;

/**
 * What a container uses now.
 *
 * @param cpus in billionths of a processor; -1 if nobody knows yet
 * @param memory bytes, without the page cache that can be dropped; -1 if it does not run
 * @param processes and threads
 */
record Use(double cpus, long memory, long processes) {

	static final Use NONE = new Use(-1, -1, 0);

	boolean isKnown() {
		return this.memory >= 0;
	}

}
