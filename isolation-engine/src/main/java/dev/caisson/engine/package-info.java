/**
 * The isolation engine's only public door: specs in, handles out.
 */
@NullMarked
package dev.caisson.engine;

import org.jspecify.annotations.NullMarked;
