/**
 * The images that are there, and how each was built. It changes nothing.
 */
@NullMarked
package dev.caisson.web.image;

import org.jspecify.annotations.NullMarked;
