/**
 * Asks the policy of images, and the images themselves, before a container is made.
 */
@NullMarked
package dev.caisson.platform.image.trust;

import org.jspecify.annotations.NullMarked;
