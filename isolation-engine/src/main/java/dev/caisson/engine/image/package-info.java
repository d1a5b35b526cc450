/**
 * Images: references, the content store, archives in and out, layers unpacked once.
 */
@NullMarked
package dev.caisson.engine.image;

import org.jspecify.annotations.NullMarked;
