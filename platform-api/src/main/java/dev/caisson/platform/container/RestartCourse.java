package dev.caisson.platform.container;

import java.time.Duration;

import dev.caisson.platform.container.definition.HostConfig.RestartPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How the restarts of one container go: by its policy, with a pause that doubles as long
 * as runs are short, and none after a client has stopped it. Safe for use by many
 * threads.
 */
final class RestartCourse {

	/** The first pause and the longest, Docker's own. */
	static final Duration FIRST_PAUSE = Duration.ofMillis(100), LONGEST_PAUSE = Duration.ofMinutes(1);

	/** Who ran so long has recovered: pauses begin anew. */
	static final Duration LONG_RUN = Duration.ofSeconds(10);

	private int count;

	private Duration pause = Duration.ZERO;

	private boolean stoppedByClient;

	private boolean lastRun;

	private boolean replacing;

	private boolean waiting;

	private boolean starting;

	/** Goes on where an earlier service was. */
	synchronized void restore(int count, boolean stoppedByClient) {
		this.count = count;
		this.stoppedByClient = stoppedByClient;
	}

	/** A client starts it: everything begins anew. */
	synchronized void begin() {
		this.count = 0;
		this.pause = Duration.ZERO;
		this.stoppedByClient = false;
		this.lastRun = false;
	}

	/**
	 * A client sends it a signal.
	 * @param last whether one that shall end it, so that no policy starts it again
	 */
	synchronized void noteSignal(boolean last) {
		this.stoppedByClient = true;
		this.lastRun |= last;
	}

	/** It is stopped, though by no client, to be started at once. */
	synchronized void beginReplacement() {
		this.replacing = true;
	}

	/**
	 * What was stopped to be started at once is about to be.
	 * @return false if a client has stopped it meanwhile
	 */
	synchronized boolean endReplacement() {
		this.replacing = false;
		if (!this.lastRun) {
			this.count++;
		}
		return !this.lastRun;
	}

	/**
	 * A run has ended.
	 * @return the pause until the next one; null if there will be none
	 */
	synchronized @Nullable Duration next(RestartPolicy policy, int exitCode, Duration ran) {
		boolean again = switch (policy.name()) {
			case "always" -> true;
			case "unless-stopped" -> !this.stoppedByClient;
			case "on-failure" -> isToBeRetried(policy, exitCode);
			default -> false;
		};
		if (this.lastRun || this.replacing || !again) {
			return null;
		}
		this.pause = pauseAfter(ran);
		this.count++;
		this.waiting = true;
		return this.pause;
	}

	private boolean isToBeRetried(RestartPolicy policy, int exitCode) {
		int most = policy.maximumRetryCount();
		return exitCode != 0 && (most == 0 || this.count < most);
	}

	private Duration pauseAfter(Duration ran) {
		if (this.pause.isZero() || ran.compareTo(LONG_RUN) >= 0) {
			return FIRST_PAUSE;
		}
		Duration doubled = this.pause.multipliedBy(2);
		return (doubled.compareTo(LONGEST_PAUSE) < 0) ? doubled : LONGEST_PAUSE;
	}

	/**
	 * A new service has found it ended. One that failed is not tried again if a client
	 * had stopped it, for then its exit code tells of the signal.
	 * @return as of {@link #next}
	 */
	synchronized @Nullable Duration nextAfterService(RestartPolicy policy, int exitCode) {
		if (policy.name().equals("on-failure") && this.stoppedByClient) {
			return null;
		}
		return next(policy, exitCode, Duration.ZERO);
	}

	/** Whether the next run is being waited for, which counts as running. */
	synchronized boolean isWaiting() {
		return this.waiting || this.starting;
	}

	/**
	 * The pause is over.
	 * @return false if a client wants no further run
	 */
	synchronized boolean beginStart() {
		this.starting = this.waiting;
		this.waiting = false;
		return this.starting;
	}

	/** The next run is there, and may be over already, or could not be begun. */
	synchronized void endStart() {
		this.starting = false;
	}

	/** There will be no next run. */
	synchronized void cancel() {
		this.waiting = false;
	}

	/** How often it was started since a client did. */
	synchronized int count() {
		return this.count;
	}

	synchronized boolean isStoppedByClient() {
		return this.stoppedByClient;
	}

}
