/**
 * What health checks have found out of containers. Strings and numbers come in; what they
 * mean is the caller's business.
 */
@NullMarked
package dev.caisson.persistence.health;

import org.jspecify.annotations.NullMarked;
