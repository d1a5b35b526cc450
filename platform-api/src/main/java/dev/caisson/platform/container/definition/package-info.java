/**
 * What a client asks of a container, in Docker's words, and what that means in the
 * engine's: pure functions from JSON to specs. It must not know HTTP, the database or the
 * kernel.
 */
@NullMarked
package dev.caisson.platform.container.definition;

import org.jspecify.annotations.NullMarked;
