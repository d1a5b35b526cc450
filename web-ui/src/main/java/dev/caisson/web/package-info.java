/**
 * The dashboard, and the executable that is the whole product.
 */
@NullMarked
package dev.caisson.web;

import org.jspecify.annotations.NullMarked;
