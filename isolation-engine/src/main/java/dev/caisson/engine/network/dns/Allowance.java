package dev.caisson.engine.network.dns;

import java.time.Duration;

/**
 * How many questions a container may ask in a time: so many at once, then so many a
 * second. Not safe for use by many threads.
 */
final class Allowance {

	private static final double AT_ONCE = 2000, PER_SECOND = 1000;

	private static final double NANOS = 1e9;

	private double left = AT_ONCE;

	private long at;

	Allowance(long now) {
		this.at = now;
	}

	/** Takes one, if there is one. */
	boolean take(long now) {
		this.left = Math.min(AT_ONCE, this.left + (now - this.at) * PER_SECOND / NANOS);
		this.at = now;
		if (this.left < 1) {
			return false;
		}
		this.left--;
		return true;
	}

	/** After that time there will be some again. */
	static Duration pause() {
		return Duration.ofMillis(50);
	}

}
