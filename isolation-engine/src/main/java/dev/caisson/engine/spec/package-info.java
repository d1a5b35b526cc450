/**
 * What a container shall be: immutable records, checked when they are made. Everybody may
 * know this package; it knows nobody, neither the kernel nor the Docker API.
 */
@NullMarked
package dev.caisson.engine.spec;

import org.jspecify.annotations.NullMarked;
