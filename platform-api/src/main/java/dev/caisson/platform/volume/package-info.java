/**
 * Volumes: the volume endpoints of the Docker API, and what containers use of them. What
 * comes in are names and options, which may be anything; it must not know what a
 * container is, beyond the id of one that uses a volume.
 */
@NullMarked
package dev.caisson.platform.volume;

import org.jspecify.annotations.NullMarked;
