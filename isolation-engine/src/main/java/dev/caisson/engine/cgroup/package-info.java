/**
 * Control groups, v1, v2 and the mixture of both: limits, device rules, statistics,
 * freezer, OOM kills. A {@code ResourceSpec} and device rules come in; one class per
 * controller knows its files in both versions. It must not know what runs in a group.
 */
@NullMarked
package dev.caisson.engine.cgroup;

import org.jspecify.annotations.NullMarked;
