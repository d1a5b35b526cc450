package dev.caisson.engine.container;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a container's life at one moment.
 *
 * @param phase where it is in its life
 * @param pid the first process, as the host numbers it; 0 when there is none
 * @param exitCode of the last run; 128+n when signal n ended it
 * @param oomKilled whether the kernel's OOM killer struck in the last run
 * @param error why the last start failed; empty if it did not
 * @param startedAt of the last run
 * @param finishedAt of the last run
 */
public record ContainerState(Phase phase, int pid, int exitCode, boolean oomKilled, String error,
		@Nullable Instant startedAt, @Nullable Instant finishedAt) {

	public static final ContainerState CREATED = new ContainerState(Phase.CREATED, 0, 0, false, "", null, null);

	/** The phases of a life. */
	public enum Phase {

		CREATED, RUNNING, PAUSED, EXITED, REMOVING;

		public boolean canStart() {
			return this == CREATED || this == EXITED;
		}

		/** Whether there is a process. */
		public boolean isLive() {
			return this == RUNNING || this == PAUSED;
		}

	}

}
