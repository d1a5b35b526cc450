/**
 * The engine as a part of the service, and what the service says of itself and its host:
 * ping, version, info, health.
 */
@NullMarked
package dev.caisson.platform.system;

import org.jspecify.annotations.NullMarked;
