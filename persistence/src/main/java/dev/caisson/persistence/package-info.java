/**
 * What the service remembers, by Spring Data JDBC: definitions and states of containers.
 * It must not know the engine.
 */
@NullMarked
package dev.caisson.persistence;

import org.jspecify.annotations.NullMarked;
