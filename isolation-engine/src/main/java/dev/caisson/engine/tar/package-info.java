/**
 * Tar archives: read and written with names as bytes, extended attributes, sparse files
 * and nanoseconds, out of directories and into them. What comes in may be hostile; it
 * must not know what an image or a container is.
 */
@NullMarked
package dev.caisson.engine.tar;

import org.jspecify.annotations.NullMarked;
