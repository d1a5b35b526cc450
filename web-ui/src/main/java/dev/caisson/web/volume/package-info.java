/**
 * The volumes and who uses them. It changes nothing.
 */
@NullMarked
package dev.caisson.web.volume;

import org.jspecify.annotations.NullMarked;
