/**
 * Measurements against real peers: each runs here, in the same minutes, by turns with
 * ours. Figures are printed, never asserted.
 */
@NullMarked
package dev.caisson.bench;

import org.jspecify.annotations.NullMarked;
