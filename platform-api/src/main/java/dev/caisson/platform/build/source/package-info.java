/**
 * What builds copy from and to: contexts, images, and the layer that comes of it. Every
 * byte of both is hostile, so paths are resolved here, in trees of names, and never by
 * the kernel. Nothing here knows Dockerfiles.
 */
@NullMarked
package dev.caisson.platform.build.source;

import org.jspecify.annotations.NullMarked;
