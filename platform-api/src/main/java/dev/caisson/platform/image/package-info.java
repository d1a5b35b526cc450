/**
 * The image endpoints of the Docker API, answered from the engine's image store.
 */
@NullMarked
package dev.caisson.platform.image;

import org.jspecify.annotations.NullMarked;
