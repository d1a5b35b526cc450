/**
 * The service: the Docker Engine API and what answers it. It knows the engine and the
 * records; it must not know the dashboard.
 */
@NullMarked
package dev.caisson.platform;

import org.jspecify.annotations.NullMarked;
