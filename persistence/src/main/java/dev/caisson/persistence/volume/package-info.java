/**
 * The volumes that there shall be. Strings come in; what they mean is the caller's
 * business.
 */
@NullMarked
package dev.caisson.persistence.volume;

import org.jspecify.annotations.NullMarked;
