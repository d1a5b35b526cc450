/**
 * What takes room on the disk: images, containers, volumes. It asks those who have them,
 * and must not know how they are kept.
 */
@NullMarked
package dev.caisson.platform.usage;

import org.jspecify.annotations.NullMarked;
