/**
 * The life of a container: the recipe of its start, its streams and log, its exit, its
 * ledger, and its recovery after a restart of the service.
 */
@NullMarked
package dev.caisson.engine.container;

import org.jspecify.annotations.NullMarked;
