/**
 * Namespaces: which the container shares, which are its own, its id maps and host name.
 */
@NullMarked
package dev.caisson.engine.namespace;

import org.jspecify.annotations.NullMarked;
