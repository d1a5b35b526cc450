/**
 * A launch as data: the plan of system calls, the keeper (stage0) that runs it and stays
 * as the parent of the container, and the trace of what happened. Rooms put steps into a
 * plan; this package must not know what the steps are for.
 */
@NullMarked
package dev.caisson.engine.launch;

import org.jspecify.annotations.NullMarked;
