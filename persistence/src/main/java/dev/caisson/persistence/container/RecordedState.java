package dev.caisson.persistence.container;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A container's state as last known.
 *
 * @param phase of its life, a word of the caller's
 * @param pid its first process; 0 is none
 * @param exitCode of the last run
 * @param oomKilled whether the last run ran out of memory
 * @param error why the last start failed; empty if it did not
 * @param startedAt of the last run
 * @param finishedAt of the last run
 */
public record RecordedState(String phase, int pid, int exitCode, boolean oomKilled, String error,
		@Nullable Instant startedAt, @Nullable Instant finishedAt) {
}
