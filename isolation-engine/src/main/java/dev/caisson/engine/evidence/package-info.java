/**
 * What a running container's isolation really is: every mechanism is read back from the
 * kernel and held against what was declared. A running process and its spec come in, an
 * {@link IsolationReport} goes out. It must not know how containers are started, and it
 * never asks our own records for what the kernel can tell.
 */
@NullMarked
package dev.caisson.engine.evidence;

import org.jspecify.annotations.NullMarked;
