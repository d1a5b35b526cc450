/**
 * Capabilities, no_new_privs, and the user and groups a process runs as.
 */
@NullMarked
package dev.caisson.engine.capability;

import org.jspecify.annotations.NullMarked;
