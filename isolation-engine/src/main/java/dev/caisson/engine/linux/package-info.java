/**
 * The kernel as Java: system calls, error numbers, descriptors, processes, the event loop
 * and the two native libraries, libseccomp and libnftables. Only this package touches
 * jnr-ffi. It must not know what a container is.
 */
@NullMarked
package dev.caisson.engine.linux;

import org.jspecify.annotations.NullMarked;
