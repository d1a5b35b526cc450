package dev.caisson.engine.container;

import java.time.Instant;

/**
 * An entry of a container's log.
 *
 * @param time when it was read
 * @param stream 1 is standard output, 2 is standard error
 * @param text the bytes as the container wrote them, with the newline where there was one
 */
public record LogLine(Instant time, int stream, byte[] text) {
}
