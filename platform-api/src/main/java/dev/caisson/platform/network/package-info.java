/**
 * Networks as Docker's API knows them: their definitions, kept in the database, and the
 * engine's side of them. Who is on a network comes in through {@link Members}; it must
 * not know containers.
 */
@NullMarked
package dev.caisson.platform.network;

import org.jspecify.annotations.NullMarked;
