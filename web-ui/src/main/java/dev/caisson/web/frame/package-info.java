/**
 * What all pages have in common: navigation, who is signed in, headers, error pages, and
 * how quantities are written. Nothing of any one page comes in.
 */
@NullMarked
package dev.caisson.web.frame;

import org.jspecify.annotations.NullMarked;
