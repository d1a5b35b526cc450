/**
 * The names that containers ask for. What containers are on which network comes in;
 * questions are answered on sockets in the containers' own network namespaces. Knows
 * nothing of bridges or packets.
 */
@NullMarked
package dev.caisson.engine.network.dns;

import org.jspecify.annotations.NullMarked;
