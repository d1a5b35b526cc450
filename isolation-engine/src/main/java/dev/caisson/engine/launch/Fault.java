package dev.caisson.engine.launch;

import dev.caisson.engine.linux.Errno;

/**
 * A step that is made to fail, to prove that a launch which fails there leaves nothing.
 *
 * @param step its index, the keeper's steps first
 * @param errno what it fails with
 */
public record Fault(int step, Errno errno) {
}
