/**
 * What happened, in its order. Strings and numbers come in; what they mean is the
 * caller's business.
 */
@NullMarked
package dev.caisson.persistence.event;

import org.jspecify.annotations.NullMarked;
