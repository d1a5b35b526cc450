/**
 * Containers as Docker's clients know them: the endpoints, what answers them, and the
 * bond between the records of the database and the containers of the engine. What a
 * request means is decided in {@code definition}.
 */
@NullMarked
package dev.caisson.platform.container;

import org.jspecify.annotations.NullMarked;
