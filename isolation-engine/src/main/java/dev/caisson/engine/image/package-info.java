/**
 * Images: references, the content store, archives in and out, layers unpacked once. What
 * comes in are archives, every byte of which may be hostile; what goes out are
 * {@link dev.caisson.engine.image.Image} records and the directories of their layers. It
 * must not know what a container is, beyond the id of one that holds on to an image.
 */
@NullMarked
package dev.caisson.engine.image;

import org.jspecify.annotations.NullMarked;
