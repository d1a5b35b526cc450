/**
 * Control groups, v1 and v2: limits, device rules, statistics, freezer, OOM kills.
 */
@NullMarked
package dev.caisson.engine.cgroup;

import org.jspecify.annotations.NullMarked;
