/**
 * The first page: what runs, what needs attention, what has just happened. It changes
 * nothing.
 */
@NullMarked
package dev.caisson.web.overview;

import org.jspecify.annotations.NullMarked;
