/**
 * What happened to containers, images, networks and volumes. Whoever changes something
 * publishes it here; clients read it live and from history. It must not know what the
 * types and actions mean.
 */
@NullMarked
package dev.caisson.platform.event;

import org.jspecify.annotations.NullMarked;
