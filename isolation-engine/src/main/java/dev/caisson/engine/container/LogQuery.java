package dev.caisson.engine.container;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Which part of a log is read.
 *
 * @param stdout whether standard output is wanted
 * @param stderr whether standard error is wanted
 * @param since only what is not older
 * @param until only what is not younger
 * @param tail how many of the last lines; -1 is all
 * @param follow whether to wait for more, until the container ends
 */
public record LogQuery(boolean stdout, boolean stderr, @Nullable Instant since, @Nullable Instant until, int tail,
		boolean follow) {
}
