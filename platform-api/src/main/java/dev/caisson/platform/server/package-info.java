/**
 * How requests come in and answers go out: connectors, API versions, errors, and
 * connections that are taken over. It must not know what the endpoints do.
 */
@NullMarked
package dev.caisson.platform.server;

import org.jspecify.annotations.NullMarked;
