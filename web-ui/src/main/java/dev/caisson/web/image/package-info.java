/**
 * The images that are there, and how each was built. What is pulled comes through the
 * platform.
 */
@NullMarked
package dev.caisson.web.image;

import org.jspecify.annotations.NullMarked;
