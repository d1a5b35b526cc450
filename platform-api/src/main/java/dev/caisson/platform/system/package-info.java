/**
 * What the service says of itself and its host: ping, version, info.
 */
@NullMarked
package dev.caisson.platform.system;

import org.jspecify.annotations.NullMarked;
