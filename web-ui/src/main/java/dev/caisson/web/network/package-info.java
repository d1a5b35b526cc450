/**
 * The networks and who is on them. It changes nothing.
 */
@NullMarked
package dev.caisson.web.network;

import org.jspecify.annotations.NullMarked;
