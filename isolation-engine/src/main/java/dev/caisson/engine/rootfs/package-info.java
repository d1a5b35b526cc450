/**
 * The root file system: overlay, mounts, devices, masked and read-only paths, users from
 * the files of the image.
 */
@NullMarked
package dev.caisson.engine.rootfs;

import org.jspecify.annotations.NullMarked;
