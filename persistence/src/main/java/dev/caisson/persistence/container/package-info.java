/**
 * What was asked of containers and what was last known of them. Strings and numbers come
 * in; what they mean is the caller's business.
 */
@NullMarked
package dev.caisson.persistence.container;

import org.jspecify.annotations.NullMarked;
