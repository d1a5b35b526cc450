package dev.caisson.persistence.audit.log;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * How a log is kept.
 *
 * @param directory of the journal, the keys and the last checkpoint
 * @param fsync whether an acknowledged record also survives the loss of power
 * @param checkpointInterval after which there is a new checkpoint if there is news
 * @param retentionAge of the oldest record that is kept; zero is for ever
 * @param retentionBytes of records that are kept; zero is all
 * @param acceptDamage whether to go on with a log that does not fit its last checkpoint
 * @param clock of the records' times
 */
public record AuditSettings(Path directory, boolean fsync, Duration checkpointInterval, Duration retentionAge,
		long retentionBytes, boolean acceptDamage, Clock clock) {

	/** The usual: a checkpoint each minute, everything kept. */
	public static AuditSettings below(Path directory) {
		return new AuditSettings(directory, false, Duration.ofMinutes(1), Duration.ZERO, 0, false, Clock.systemUTC());
	}

}
